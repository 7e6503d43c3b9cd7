import { expect, test } from 'vitest'
import { checkRequirementLine } from './requirement-line.js'

const check = (line: string) => checkRequirementLine(line, 'dependencies')

test.each([
  'numpy',
  'mlflow-skinny==3.17.2',
  'scikit-learn[tests, docs] >=1.4, <2 ; python_version < "3.13"',
  'six==1.16.0 --hash=sha256:8abb --hash=sha256:1e61',
  'pandas # for frames',
  'tool @ https://example.org/tool-1.0.zip',
  'https://example.org/tool-1.0-py3-none-any.whl',
  'git+https://example.org/tool.git@v1',
  '--extra-index-url https://packages.example.org/simple',
  '--index-url=https://packages.example.org/simple',
  '--pre',
  'file:/srv/wheels/hello-1.0-py3-none-any.whl',
  '/Workspace/Shared/wheels/hello-1.0-py3-none-any.whl',
  '/Shared/hello-1.0-py3-none-any.whl',
  '/Volumes/main/raw/wheels/hello-1.0.tar.gz',
])('accepts %s', (line) => expect(() => check(line)).not.toThrow())

test.each([
  './work/pkg',
  'work/pkg',
  '../pkg',
  '/etc/passwd',
  '-e ./pkg',
  '-e git+https://example.org/tool.git',
  '--editable=.',
  '-r other.txt',
  '-rother.txt',
  '-c constraints.txt',
  '-f ./wheels',
  '--find-links /tmp',
  '--index-url file:///tmp/index',
  '--index-url https://a.example -r other.txt',
  'tool @ file:///tmp/tool',
  'tool @ ./tool',
  'git+file:///tmp/repository',
  'file:/tmp/folder',
  '/Volumes/main/raw/wheels',
  'file:/wheels/a b.whl',
  'numpy\n-e ./pkg',
  'numpy \\',
  'numpy==1 -r other.txt',
  'https://example.org/a.whl -r other.txt',
  '--config-settings=x',
])('refuses %j, naming the setting', (line) =>
  expect(() => check(line)).toThrow(/^dependencies: '.+' is not supported; pass packages/s),
)
