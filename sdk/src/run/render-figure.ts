/** A figure in Plotly's JSON format. */
export interface PlotlyFigure {
  readonly data: readonly object[]
  readonly layout?: object
  readonly config?: object
}

export type Figure = string | { readonly outerHTML: string } | PlotlyFigure

/** Renders a figure as text. Pages load Plotly from its CDN, like those of `mlflow.log_figure`. */
export function renderFigure(figure: Figure, path: string): string {
  if (typeof figure === 'string') return figure
  if ('outerHTML' in figure) return figure.outerHTML
  if (path.endsWith('.json')) return JSON.stringify(figure)
  if (path.endsWith('.html')) return plotlyPage(figure)
  throw new TypeError(`A Plotly figure's path must end in .html or .json, got '${path}'`)
}

function plotlyPage({ data, layout = {}, config = { responsive: true } }: PlotlyFigure): string {
  // An unescaped `<` could close the script element.
  const json = JSON.stringify([data, layout, config]).replaceAll('<', '\\u003c')
  return `<!doctype html>
<html>
<head><meta charset="utf-8"><script src="https://cdn.plot.ly/plotly-3.0.1.min.js" charset="utf-8"></script></head>
<body><div id="figure" style="width:100%;height:100vh"></div>
<script>Plotly.newPlot('figure', ...${json})</script></body>
</html>
`
}
