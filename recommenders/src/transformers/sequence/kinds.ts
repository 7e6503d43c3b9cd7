import { bert4rec } from '../../models/bert4rec/network.js'
import { sasrec } from '../../models/sasrec/network.js'
import type { SequenceKind } from './network.js'

const KINDS: readonly SequenceKind<never>[] = [bert4rec, sasrec]

/** For the training threads, which are told a name. */
export function sequenceKind(name: string): SequenceKind {
  const found = KINDS.find((kind) => kind.name === name)
  if (!found) throw new Error(`no sequence model is called '${name}'`)
  return found as SequenceKind
}
