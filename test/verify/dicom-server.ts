import { once } from "node:events";
import {
  type AddressInfo,
  connect as connectPlain,
  createServer as createPlainServer,
  type Server,
  type Socket,
} from "node:net";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";
import dimse from "dcmjs-dimse";

/** A DICOM server of another make than our client: dcmjs-dimse's, behind Node's TLS as behind a gateway. */
export interface DicomServer {
  readonly port: number;
  /** What it was told to store: SOP instances, in order. */
  readonly stored: readonly string[];
  readonly close: () => Promise<void>;
}

/** How it behaves. */
export interface DicomServerOptions {
  /** TLS in front of it; null: plain. */
  readonly tls: TlsOptions | null;
  /** AE titles that may call; any by default. */
  readonly known?: readonly string[];
  readonly calledTitle?: string;
  /** Status of its answer to C-STORE; 0 by default. */
  readonly storeStatus?: number;
  /** False: C-FIND finds nothing. */
  readonly finds?: boolean;
  /** False: C-FIND is not offered. */
  readonly offersFind?: boolean;
}

const { constants, responses, Server: DimseServer, Scp, Dataset, log } = dimse;
const SOP = constants.SopClass;

/** Starts it on loopback. */
export async function startDicomServer(options: DicomServerOptions): Promise<DicomServer> {
  log.setLevel("silent");
  const stored: string[] = [];
  const backend = new DimseServer(scpClass(options, stored));
  const backendPort = await freePort();
  backend.listen(backendPort);
  await once(backend as unknown as NodeJS.EventEmitter, "listening");
  const sockets = new Set<Socket>();
  const forward = (socket: Socket): void => {
    const inner = connectPlain(backendPort, "127.0.0.1");
    for (const each of [socket, inner]) {
      sockets.add(each);
      each.on("error", () => each.destroy());
    }
    socket.pipe(inner).pipe(socket);
  };
  const front: Server = options.tls === null ? createPlainServer(forward) : createTlsServer(options.tls, forward);
  front.on("tlsClientError", () => {});
  front.listen(0, "127.0.0.1");
  await once(front, "listening");
  return {
    port: (front.address() as AddressInfo).port,
    stored,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      front.close();
      backend.close();
      await once(front, "close");
    },
  };
}

async function freePort(): Promise<number> {
  const probe = createPlainServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}

function scpClass(options: DicomServerOptions, stored: string[]) {
  const { calledTitle = "ORTHANC", known, storeStatus = 0, finds = true, offersFind = true } = options;
  const offered: readonly string[] = [
    SOP.Verification,
    constants.StorageClass.SecondaryCaptureImageStorage,
    ...(offersFind ? [SOP.StudyRootQueryRetrieveInformationModelFind] : []),
  ];
  return class extends Scp {
    override associationRequested(association: dimse.association.Association): void {
      const calling = association.getCallingAeTitle();
      const { RejectResult, RejectSource, RejectReason } = constants;
      const reject = (reason: number): void =>
        this.sendAssociationReject(RejectResult.Permanent, RejectSource.ServiceUser, reason);
      if (association.getCalledAeTitle() !== calledTitle) return reject(RejectReason.CalledAeNotRecognized);
      if (known !== undefined && !known.includes(calling)) return reject(RejectReason.CallingAeNotRecognized);
      for (const { context } of association.getPresentationContexts() as readonly { context: Context }[]) {
        const accepts = offered.includes(context.getAbstractSyntaxUid());
        const { Accept, RejectAbstractSyntaxNotSupported } = constants.PresentationContextResult;
        context.setResult(
          accepts ? Accept : RejectAbstractSyntaxNotSupported,
          accepts ? constants.TransferSyntax.ImplicitVRLittleEndian : undefined,
        );
      }
      this.sendAssociationAccept();
    }

    override cEchoRequest(
      request: dimse.requests.CEchoRequest,
      callback: (answer: dimse.responses.CEchoResponse) => void,
    ) {
      const response = responses.CEchoResponse.fromRequest(request);
      response.setStatus(constants.Status.Success);
      callback(response);
    }

    override cStoreRequest(
      request: dimse.requests.CStoreRequest,
      callback: (answer: dimse.responses.CStoreResponse) => void,
    ) {
      stored.push(String(request.getDataset()?.getElement("SOPInstanceUID")));
      const response = responses.CStoreResponse.fromRequest(request);
      response.setStatus(storeStatus);
      callback(response);
    }

    override cFindRequest(
      request: dimse.requests.CFindRequest,
      callback: (answers: Array<dimse.responses.CFindResponse>) => void,
    ) {
      const study = String(request.getDataset()?.getElement("StudyInstanceUID"));
      const match = responses.CFindResponse.fromRequest(request);
      match.setStatus(constants.Status.Pending);
      match.setDataset(new Dataset({ StudyInstanceUID: study }));
      const last = responses.CFindResponse.fromRequest(request);
      last.setStatus(constants.Status.Success);
      callback(finds ? [match, last] : [last]);
    }

    override associationReleaseRequested(): void {
      this.sendAssociationReleaseResponse();
    }
  };
}

/** What is used of a presentation context. */
interface Context {
  getAbstractSyntaxUid(): string;
  setResult(result: number, transferSyntax?: string): void;
}
