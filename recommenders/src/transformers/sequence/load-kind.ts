import type { SequenceKind } from './network.js'

/** A kind as it is sent to the training threads: functions cannot be cloned, so a thread imports them from the module. */
export type KindReference = Pick<SequenceKind, 'name' | 'module'>

/** Imports `module` and returns its export that is called `name`. */
export async function loadKind({ name, module }: KindReference): Promise<SequenceKind> {
  const exported: Record<string, SequenceKind> = await import(module)
  const found = Object.values(exported).find((kind) => kind.name === name)
  if (!found) throw new Error(`${module} exports no sequence model '${name}'`)
  return found
}
