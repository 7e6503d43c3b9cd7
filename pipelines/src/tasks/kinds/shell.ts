import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { invalid } from '@cairn/platform/errors'
import { ProcessAttempt, type ProcessServices } from '../../processes/process-attempt.js'
import { defineKind } from '../../task-kinds/task-kind.js'
import { checkFile, writeScript } from './code-file.js'

/** A script for `sh -e`, which fails with its first failing command. */
export const shellKind = (services: ProcessServices) =>
  defineKind({
    name: 'shell_task',
    literal: ['script'],
    code: ({ file }) => (file === undefined ? [] : [file]),
    check({ script, file, source }, checked) {
      const { where } = checked
      services.processes.requireEnabled(where)
      if ((script === undefined) === (file === undefined))
        throw invalid(`${where}: pass either script or file.`)
      if (file !== undefined) checkFile({ path: file, source, field: 'file' }, checked, services)
    },
    start: ({ script, file, parameters = [] }, context) =>
      new ProcessAttempt(context, services, async (preparation) => {
        const { folder } = preparation
        const path = join(folder.lib, 'script.sh')
        if (script !== undefined) await writeFile(path, script)
        const target = file === undefined ? path : await writeScript(file, preparation, services)
        await folder.handOver()
        const { memoryBytes } = services.processes
        return { argv: ['/bin/sh', '-e', target, ...parameters], memoryBytes }
      }),
  })
