import { notJsonError } from '@cairn/platform/protocol/json-response'

/** The body of `/health` or `/version`. Not judged by content type: MLflow sends text/html. @throws for a web page */
export async function plainText(response: Response): Promise<string> {
  const text = await response.text()
  if (/^\s*</.test(text)) throw notJsonError(response)
  return text
}
