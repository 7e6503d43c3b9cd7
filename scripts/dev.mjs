import { refuseOldNode } from './node-version.mjs'

refuseOldNode()
void import('./start-dev.mjs')
