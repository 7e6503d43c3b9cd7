const LINKS = /^(https?:|mailto:)/i
/** Data of an image that cannot hold a script. */
const IMAGES = /^data:image\/(png|jpe?g|gif|webp);base64,/i

/** Returns web, mail and console links; undefined for others, which could run scripts. */
export function safeLink(url: string): string | undefined {
  const plain = withoutControls(url)
  return LINKS.test(plain) || plain.startsWith('#/') ? plain : undefined
}

/** Returns data URLs of images. Other hosts would learn who reads the text. */
export const safeImage = (url: string): string | undefined => (IMAGES.test(url) ? url : undefined)

/** Returns whether a URL is a path relative to the document. */
export const isRelative = (url: string) =>
  !/^([a-z][a-z0-9+.-]*:|\/|#|\?)/i.test(withoutControls(url)) && url !== ''

/** Browsers ignore control characters and spaces, as in `java\nscript:`. */
const withoutControls = (url: string) => url.replace(/[\u0000-\u0020\u007f-\u009f]/g, '')
