const LINKS = /^(https?:|mailto:)/i
/** Data of an image that cannot hold a script. */
const IMAGES = /^data:image\/(png|jpe?g|gif|webp);base64,/i

/** A link that runs nothing: to the web, an address of mail, or a page of the console; otherwise undefined. */
export function safeLink(url: string): string | undefined {
  const plain = withoutControls(url)
  return LINKS.test(plain) || plain.startsWith('#/') ? plain : undefined
}

/** An image in the text itself. Images of other hosts would tell them who reads. */
export const safeImage = (url: string): string | undefined => (IMAGES.test(url) ? url : undefined)

/** Whether a URL is a path relative to the document. */
export const isRelative = (url: string) =>
  !/^([a-z][a-z0-9+.-]*:|\/|#|\?)/i.test(withoutControls(url)) && url !== ''

/** Browsers ignore control characters and spaces, as in `java\nscript:`. */
const withoutControls = (url: string) => url.replace(/[\u0000-\u0020\u007f-\u009f]/g, '')
