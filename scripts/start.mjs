import { refuseOldNode } from './node-version.mjs'

refuseOldNode()
// Imported only now: an old Node could not even parse the rest.
void import('./start-server.mjs')
