import { refuseOldNode } from './node-version.mjs'

refuseOldNode()
void import('./run-tests.mjs')
