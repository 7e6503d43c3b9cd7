/** An error in S3's format; clients decide by `code`. */
export class S3Error extends Error {
  override readonly name = 'S3Error'
  readonly code: string
  readonly statusCode: number

  constructor(code: string, statusCode = 403, message = code) {
    super(message)
    this.code = code
    this.statusCode = statusCode
  }
}

export const errorXml = ({ code, message }: { code: string; message: string }, resource: string) =>
  `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${escapeXml(message)}</Message><Resource>${escapeXml(resource)}</Resource></Error>`

export const escapeXml = (text: string) =>
  text.replace(/[<>&'"\u0000-\u001f]/g, (letter) => `&#${letter.charCodeAt(0)};`)
