import type { enRuns } from './en-runs.js'
import type { Dictionary } from './words.js'

export const koRuns: Dictionary<typeof enRuns> = {
  runsTable: {
    layout: '레이아웃',
    layout_table: '표',
    layout_both: '표와 차트',
    layout_charts: '차트',
    resize: '표 너비',
    charts: '차트',
    chartsOf_other: '실행 {{count}}개의 차트',
  },
}
