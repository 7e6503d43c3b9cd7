/** Presentation properties that style sheets set. */
const PROPERTIES = ['fill', 'stroke', 'stroke-width', 'stroke-dasharray', 'opacity', 'vector-effect']
const TITLE_PX = 30
const WIDTH = 900

interface ElementSvgOptions {
  readonly title: string
  readonly colors: { readonly text: string; readonly surface: string; readonly font: string }
}

/** An SVG of the page as a document, with the styles that it has there and with its title. */
export function elementSvg(element: SVGSVGElement, { title, colors }: ElementSvgOptions): string {
  const copy = element.cloneNode(true) as SVGSVGElement
  const parts = [...element.querySelectorAll('*')]
  for (const [i, part] of [...copy.querySelectorAll('*')].entries()) {
    const style = getComputedStyle(parts[i]!)
    for (const property of PROPERTIES) part.setAttribute(property, style.getPropertyValue(property))
  }
  const { width, height } = element.viewBox.baseVal
  const drawn = (WIDTH * height) / width
  copy.setAttribute('y', String(TITLE_PX))
  copy.setAttribute('width', String(WIDTH))
  copy.setAttribute('height', String(drawn))
  const serializer = new XMLSerializer()
  const name = serializer.serializeToString(document.createTextNode(title))
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${drawn + TITLE_PX}"><rect width="100%" height="100%" fill="${colors.surface}"/><text x="16" y="20" fill="${colors.text}" font-family="${colors.font}" font-size="14" font-weight="600">${name}</text>${serializer.serializeToString(copy)}</svg>`
}
