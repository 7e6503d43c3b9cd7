import { refuseOldNode } from './node-version.mjs'

refuseOldNode()
// A dynamic import, because an old Node cannot parse the rest.
void import('./start-server.mjs')
