/** The mathematics says no. Messages say what is wrong and where. */
export class ProtocolError extends Error {
  get name() {
    return this.constructor.name;
  }
}
/** Not in the one form the specification allows. */
export class Malformed extends ProtocolError {}
export class InvalidProof extends ProtocolError {}
export class InvalidSignature extends ProtocolError {}
/** Well formed, but it does not belong in this election. */
export class InvalidBallot extends ProtocolError {}
/** A tally, a partial decryption or a result that does not follow from the ballots. */
export class InvalidTally extends ProtocolError {}
/** A bulletin board that is not in the one form the specification allows. */
export class InvalidArchive extends ProtocolError {}
/** Perhaps correct, but a kind of election this program does not know. */
export class NotSupported extends ProtocolError {}
/** A group or a version that this version of the specification does not have. */
export class UnknownParameter extends NotSupported {}

const KINDS = {
  ProtocolError,
  Malformed,
  InvalidProof,
  InvalidSignature,
  InvalidBallot,
  InvalidTally,
  InvalidArchive,
  NotSupported,
  UnknownParameter,
};

/** The error that another worker had, from its name and message. */
export const revive = ({ name, message }) => new (KINDS[name] ?? ProtocolError)(message);

/** Run `step`, putting `where` before the message of any ProtocolError it throws. */
export function located(where, step) {
  try {
    return step();
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw new error.constructor(`${where}: ${error.message}`);
  }
}
