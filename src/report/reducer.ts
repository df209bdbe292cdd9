import type { RunEvent } from "../model/events.ts";
import type { Step } from "../model/plan.ts";
import type { RunView, StepView, TaskView } from "./run-view.ts";

function newStep(id: string, step: Step | null): StepView {
  return {
    id,
    step,
    state: "pending",
    startedAt: null,
    finishedAt: null,
    durationMs: null,
    revision: null,
    ready: 0,
    total: 0,
    awaiting: [],
    said: null,
    message: null,
    diagnosis: [],
  };
}

/** Replaces one step; one that no plan announced is added at the end. */
function changeStep(view: RunView, id: string, change: (step: StepView) => StepView): RunView {
  const known = view.steps.some((step) => step.id === id);
  const steps = known ? view.steps : [...view.steps, newStep(id, null)];
  return { ...view, steps: steps.map((step) => (step.id === id ? change(step) : step)) };
}

/** Replaces one task; one that was never announced is added, named by its id. */
function changeTask(view: RunView, id: string, time: number, change: (task: TaskView) => TaskView): RunView {
  const known = view.tasks.some((task) => task.id === id);
  const unannounced: TaskView = { id, title: id, detail: "", state: "running", startedAt: time, durationMs: null };
  const tasks = known ? view.tasks : [...view.tasks, unannounced];
  return { ...view, tasks: tasks.map((task) => (task.id === id ? change(task) : task)) };
}

/**
 * The next view after an event. Pure; takes events in any order without complaint, for a view must never end a run.
 * `time`: milliseconds since 1970 when the event came.
 */
export function reduceRunEvent(view: RunView, event: RunEvent, time: number): RunView {
  switch (event.type) {
    case "run-started":
      return {
        ...view,
        run: event.run,
        stack: event.stack,
        environment: event.environment,
        context: event.context,
        startedAt: time,
        steps: event.steps.map((step) => newStep(step.id, step)),
        // A run that begins before the one before has a result undoes it.
        undone: view.result === null ? view.steps : [],
        result: null,
      };
    case "step-started":
    case "release-applied":
    case "step-progress":
    case "diagnosis":
    case "cluster-event":
    case "step-finished":
      return changeStep(view, event.step, (step) => reduceStepEvent(step, event, time));
    case "probe-finished":
      // Shown as it comes, and in the result.
      return view;
    case "notice":
      return {
        ...view,
        notices: [...view.notices, { level: event.level, message: event.message, hint: event.hint }],
      };
    case "task-started":
    case "task-progress":
    case "task-finished":
      return changeTask(view, event.task, time, (task) => reduceTaskEvent(task, event, time));
    case "run-finished":
      return { ...view, run: event.result.run, stack: event.result.stack, result: event.result };
  }
}

type StepEvent = Extract<
  RunEvent,
  {
    type: "step-started" | "release-applied" | "step-progress" | "diagnosis" | "cluster-event" | "step-finished";
  }
>;

function reduceStepEvent(step: StepView, event: StepEvent, time: number): StepView {
  const startedAt = step.startedAt ?? time;
  switch (event.type) {
    case "step-started":
      return { ...newStep(step.id, step.step), state: "running", startedAt: time };
    case "release-applied":
      return { ...step, state: "applied", startedAt, revision: event.revision };
    case "step-progress": {
      const state = step.state === "applied" ? "applied" : "running";
      return { ...step, state, startedAt, ready: event.ready, total: event.total, awaiting: event.awaiting };
    }
    case "diagnosis":
      return { ...step, diagnosis: event.diagnosis };
    case "cluster-event":
      return { ...step, said: `${event.object.kind} ${event.object.name}: ${event.reason}: ${event.message}` };
    case "step-finished":
      return {
        ...step,
        state: event.outcome,
        said: null,
        finishedAt: time,
        durationMs: event.durationMs,
        awaiting: [],
        message: event.message,
        diagnosis: event.diagnosis,
      };
  }
}

type TaskEvent = Extract<RunEvent, { type: "task-started" | "task-progress" | "task-finished" }>;

function reduceTaskEvent(task: TaskView, event: TaskEvent, time: number): TaskView {
  switch (event.type) {
    case "task-started":
      return { id: task.id, title: event.title, detail: "", state: "running", startedAt: time, durationMs: null };
    case "task-progress":
      return { ...task, detail: event.detail };
    case "task-finished":
      return { ...task, state: event.outcome, detail: event.detail, durationMs: event.durationMs };
  }
}
