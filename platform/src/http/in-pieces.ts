/** An answer that comes as pieces of JSON, such as rows that a database has written as such. It is sent as it is. */
export class InPieces {
  readonly pieces: Iterable<string>

  constructor(pieces: Iterable<string>) {
    this.pieces = pieces
  }
}
