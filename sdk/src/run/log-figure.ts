/** A figure as Plotly describes it. */
export interface PlotlyFigure {
  readonly data: readonly object[]
  readonly layout?: object
  readonly config?: object
}

export type Figure = string | { readonly outerHTML: string } | PlotlyFigure

/** What is written for a figure. A page loads Plotly from its CDN, as `mlflow.log_figure` has it do. */
export function figureText(figure: Figure, path: string): string {
  if (typeof figure === 'string') return figure
  if ('outerHTML' in figure) return figure.outerHTML
  if (path.endsWith('.json')) return JSON.stringify(figure)
  if (path.endsWith('.html')) return plotlyPage(figure)
  throw new TypeError(`A figure of Plotly is stored as .html or .json, not as '${path}'`)
}

function plotlyPage({ data, layout = {}, config = { responsive: true } }: PlotlyFigure): string {
  // `<` could end the script early.
  const json = JSON.stringify([data, layout, config]).replaceAll('<', '\\u003c')
  return `<!doctype html>
<html>
<head><meta charset="utf-8"><script src="https://cdn.plot.ly/plotly-3.0.1.min.js" charset="utf-8"></script></head>
<body><div id="figure" style="width:100%;height:100vh"></div>
<script>Plotly.newPlot('figure', ...${json})</script></body>
</html>
`
}
