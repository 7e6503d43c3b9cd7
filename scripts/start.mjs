import { refuseOldNode } from './node-version.mjs'

refuseOldNode()
// `npm start`. The import is dynamic, because an old Node cannot parse the modules of the server.
void import('./start-server.mjs')
