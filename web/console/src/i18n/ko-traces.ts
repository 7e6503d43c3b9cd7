import type { enTraces } from './en-traces.js'
import type { Dictionary } from './words.js'

export const koTraces: Dictionary<typeof enTraces> = {
  experimentTabs: {
    label: '실험의 페이지',
    runs: '실행',
  },
}
