import { fileNameOf, saveFile } from '../ui/save-file.js'
import type { ReportCharts } from './report-charts.js'

/** Time limit for drawing the charts. */
const DRAW_MS = 5_000
const CHECK_MS = 100

/** Waits until the charts of a report are drawn. */
export async function chartsDrawn(text: Element, { files }: ReportCharts): Promise<void> {
  const end = Date.now() + DRAW_MS
  const isDrawn = () =>
    text.querySelector('[aria-busy=true], .skeletons') === null &&
    [...files.values()].every(({ current }) => current !== undefined)
  do await new Promise((resolve) => setTimeout(resolve, CHECK_MS))
  while (!isDrawn() && Date.now() < end)
}

const STYLE = `body{max-width:860px;margin:32px auto;padding:0 16px;font:15px/1.6 system-ui,"Noto Sans KR",sans-serif;color:#1d1f1c}
figure{margin:16px 0}svg{max-width:100%;height:auto}table{border-collapse:collapse;width:100%}th,td{padding:4px 10px;border-bottom:1px solid #ddd;text-align:left}
.number{text-align:right}.muted,figcaption{color:#595c56}pre{overflow:auto;padding:12px;background:#f1f1ee}img{max-width:100%}`

/** Downloads one HTML file with the charts as SVG, without scripts and external resources. */
export async function exportReport(title: string, text: Element, charts: ReportCharts): Promise<void> {
  const copy = text.cloneNode(true) as Element
  for (const [line, { current }] of charts.files) {
    const card = copy.querySelector(`figure[data-line="${line}"] .curve-card`)
    const svg = await current?.svg?.()
    if (!card || svg === undefined) continue
    card.replaceChildren(new DOMParser().parseFromString(svg, 'image/svg+xml').documentElement)
  }
  for (const control of copy.querySelectorAll('button, canvas, .visually-hidden')) control.remove()
  for (const link of copy.querySelectorAll('a[href]'))
    link.setAttribute('href', absolute(link.getAttribute('href')!))
  const page = document.implementation.createHTMLDocument(title)
  page.documentElement.lang = document.documentElement.lang
  page.head.innerHTML = `<meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">`
  const style = page.createElement('style')
  style.textContent = STYLE
  page.head.append(style)
  page.title = title
  const heading = page.createElement('h1')
  heading.textContent = title
  page.body.append(heading, copy)
  const html = `<!doctype html>\n${page.documentElement.outerHTML}`
  saveFile(fileNameOf(title, 'report', 'html'), html, 'text/html')
}

/** Makes links absolute, so that they work in the file. Malformed ones are kept. */
const absolute = (href: string) =>
  URL.canParse(href, location.href) ? new URL(href, location.href).href : href
