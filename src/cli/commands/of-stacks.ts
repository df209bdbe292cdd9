/** The commands that read a stack file. They share most of their code: as one module they are one file to load, not fifty. */
export { diagnoseCommand } from "./diagnose.ts";
export { doctorCommand } from "./doctor.ts";
export { downCommand } from "./down.ts";
export { graphCommand } from "./graph.ts";
export { historyCommand } from "./history.ts";
export { lockCommand } from "./lock.ts";
export { planCommand } from "./plan.ts";
export { rollbackCommand } from "./rollback.ts";
export { statusCommand } from "./status.ts";
export { upCommand } from "./up.ts";
export { upSavedCommand } from "./up-saved.ts";
export { verifyCommand } from "./verify.ts";
