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
/** Perhaps correct, but a kind of election this program does not know. */
export class NotSupported extends ProtocolError {}
