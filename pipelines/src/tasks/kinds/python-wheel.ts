import { invalid } from '@cairn/platform/errors'
import { ProcessAttempt, type ProcessServices } from '../../processes/process-attempt.js'
import { defineKind } from '../../task-kinds/task-kind.js'
import { preparePython } from './prepare-python.js'

/** An entry point of a package that the task's `libraries` or environment install. */
export const pythonWheelKind = (services: ProcessServices) =>
  defineKind({
    name: 'python_wheel_task',
    usesPython: true,
    code: () => [],
    check({ parameters, named_parameters }, { where }) {
      services.processes.requireEnabled(where)
      if (parameters && named_parameters)
        throw invalid(`${where}: pass either parameters or named_parameters.`)
    },
    start: ({ package_name, entry_point, parameters = [], named_parameters = {} }, context) =>
      new ProcessAttempt(context, services, (preparation) => {
        const named = Object.entries(named_parameters).map(([name, value]) => `--${name}=${value}`)
        const argv = ['entry_point', package_name, entry_point, ...parameters, ...named]
        return preparePython(preparation, services, { argv })
      }),
  })
