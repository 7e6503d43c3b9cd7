// Lets plain Node run a source tree: TypeScript through tsx, our packages through their `source` condition.
// `--import tsx` cannot do it for a worker thread: there it registers nothing.
import { register } from 'node:module'
import { register as registerTsx } from 'tsx/esm/api'

registerTsx()
register('./condition.mjs', import.meta.url)
