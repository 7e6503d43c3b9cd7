import { expect, test } from 'vitest'
import { renderFigure } from './render-figure.js'

const plot = { data: [{ y: [1, 2], name: '</script><b>' }], layout: { title: 'x' } }

test('writes text and elements unchanged', () => {
  expect(renderFigure('<svg/>', 'a.svg')).toBe('<svg/>')
  expect(renderFigure({ outerHTML: '<svg id="e"/>' }, 'a.svg')).toBe('<svg id="e"/>')
})

test('escapes text of a Plotly figure in its page', () => {
  const page = renderFigure(plot, 'a.html')
  expect(page.match(/<\/script>/g)).toHaveLength(2)
  const [data] = JSON.parse(/newPlot\('figure', \.\.\.(.*)\)</.exec(page)![1]!) as [object]
  expect(data).toEqual(plot.data)
  expect(JSON.parse(renderFigure(plot, 'a.json'))).toEqual(plot)
  expect(() => renderFigure(plot, 'a.png')).toThrow(TypeError)
})
