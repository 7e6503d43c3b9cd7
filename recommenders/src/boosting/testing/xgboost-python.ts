import { execFileSync } from 'node:child_process'

const python = process.env.TEST_PYTHON

/** A Python with the xgboost package, and the path of its library. */
export interface XgboostPython {
  readonly python: string
  readonly library: string
}

const LIBRARY = 'import xgboost.libpath as it; print(it.find_lib_path()[0])'

function find(): XgboostPython | undefined {
  if (!python) return undefined
  try {
    const library = execFileSync(python, ['-c', LIBRARY], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return { python, library: library.trim() }
  } catch {
    return undefined
  }
}

export const xgboostPython = find()
/** Suffix for the title of suites that need XGBoost. */
export const withoutXgboost = xgboostPython ? '' : ' (skipped: TEST_PYTHON names no Python with xgboost)'
