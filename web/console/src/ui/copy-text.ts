/**
 * Copies a text to the clipboard. Browsers have no Clipboard API on pages without TLS.
 *
 * @param from the control that copies, which keeps the focus
 * @throws Error if the browser refuses
 */
export async function copyText(text: string, from: HTMLElement): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text)
  const field = document.createElement('textarea')
  field.value = text
  field.className = 'visually-hidden'
  from.after(field) // a dialog makes what is outside of it inert
  field.select()
  const isCopied = document.execCommand('copy')
  field.remove()
  from.focus()
  if (!isCopied) throw new Error('The browser has not copied the text.')
}
