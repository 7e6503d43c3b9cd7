import { expect, test } from 'vitest'
import { isVolumePath } from './volume-files.js'

test.each([
  ['/Volumes/main/raw/code/run.py', true],
  ['/Volumes/main/raw/code/a folder/run.py', true],
  ['/Volumes/main/raw/code', false],
  ['/Volumes/main/raw/code/', false],
  ['/Volumes/main/raw/code/../../../../preview/scim', false],
  ['/Volumes/main/raw/code/./x', false],
  ['/Volumes/main/raw/..', false],
])('%s is a path of a file in a volume: %s', (path, expected) => expect(isVolumePath(path)).toBe(expected))
