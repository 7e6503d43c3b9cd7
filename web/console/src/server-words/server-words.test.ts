import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { RequestError } from '../api/http.js'
import { koreanError } from './korean-error.js'
import { KOREAN_NOUNS } from './korean-nouns.js'
import { koreanSentence, koreanState } from './korean-sentences.js'

test.each([
  ['No Experiment with id=7 exists', '실험 없음: 7'],
  ["Could not find experiment with name 'a b'", '실험 없음: a b'],
  ['Run with id=ab12 not found', '실행 없음: ab12'],
  ['Run 12 does not exist.', '실행 없음: 12'],
  ['Registered Model with name=movies not found', '등록된 모델 없음: movies'],
  ["Logged model with ID 'm-1' not found.", '기록된 모델 없음: m-1'],
  ["Endpoint with name 'films' does not exist.", '엔드포인트 없음: films'],
  ["Trace with request_id 'tr-1' not found", '트레이스 없음: tr-1'],
  ['Catalog not found: main', '카탈로그 없음: main'],
  ["Path (/a b) doesn't exist.", '경로 없음: /a b'],
  ['Model Version (name=a b, version=3) not found', '모델 버전 없음: a b, 버전 3'],
  ['Registered model alias champion not found.', '별칭 없음: champion'],
  ['Role permission with id=5 not found', '역할 권한 없음: 5'],
  ['User with username=bob not found', '사용자 없음: bob'],
  ["Principal 'bob', named by owner, does not exist.", '주체 없음: bob'],
  ['The directory /a b does not exist.', '폴더 없음: /a b'],
  ['The schema was deleted meanwhile.', '스키마가 그사이 삭제되었어요.'],
  ['The table was deleted meanwhile.', '테이블이 그사이 삭제되었어요.'],
  ['Experiment(name=영화) already exists.', '이미 사용 중인 실험 이름이에요: 영화'],
  ['Registered Model (name=movies) already exists.', '이미 사용 중인 등록된 모델 이름이에요: movies'],
  ["Endpoint with name 'films' already exists.", '이미 사용 중인 엔드포인트 이름이에요: films'],
  ['Schema already exists: main.raw', '이미 사용 중인 스키마 이름이에요: main.raw'],
  ["A notification destination named 'a b' already exists.", '이미 사용 중인 알림 대상 이름이에요: a b'],
  ['Scope keys already exists!', '이미 사용 중인 시크릿 범위 이름이에요: keys'],
  ['Path (/a b) already exists.', '이미 있는 경로예요: /a b'],
  ['The traffic percentages must add up to 100, not 95.', '트래픽 비율의 합은 100이어야 해요. 현재 합계: 95'],
  ['The schema is not empty: delete its tables first.', '스키마가 비어 있지 않아요.'],
  ['Invalid value for active: it must be true or false.', "'active' 값이 올바르지 않아요."],
  ["'filter' is longer than 9 characters.", "'filter' 값이 올바르지 않아요."],
  [
    `csv: line 3: Error when converting column "n". Could not convert string "x" to 'BIGINT'.`,
    "CSV 파일 3번째 줄의 'n' 값이 선택한 형식과 달라요: x",
  ],
  [`csv: column "at": 'x' is not a time.`, "CSV 파일의 'at' 열에 날짜 및 시간이 아닌 값이 있어요: x"],
  ['csv: line 2: Expected Number of Columns: 2 Found: 3.', 'CSV 파일의 2번째 줄을 읽을 수 없어요.'],
  ['The training process ended with code 1. no disk', '프로세스 종료: 1 (no disk)'],
  ["Missing value for required parameter 'name'. See the API docs.", "'name' 값을 입력하세요."],
  ['Invalid value "a\nb" for parameter \'tags[0].key\' supplied: …', "'tags[0].key' 값이 올바르지 않아요."],
  ["tasks: the key 'a' is used twice.", "'tasks' 값이 올바르지 않아요."],
  [
    "Missing value for required parameter 'limits[0].principal' of the key 'user'.",
    "'limits[0].principal' 값을 입력하세요.",
  ],
  [
    "Served entity 'main': Model Version (name=a b, version=3) not found",
    "서빙 대상 'main': 모델 버전 없음: a b, 버전 3",
  ],
  [
    'A run has at most 200 comments. Delete some.',
    '실행 하나에 댓글을 200개까지 달 수 있어요. 댓글을 일부 삭제하세요.',
  ],
  ['Only mina may edit this comment.', '작성자만 편집할 수 있는 댓글이에요: mina'],
  [
    'The regular expressions take too long for this many texts: shorten them, or add other conditions to the filter.',
    '정규식 검사가 너무 오래 걸려요. 정규식을 줄이거나 필터에 다른 조건을 추가하세요.',
  ],
  [
    'You have 4 statements running. Wait for one to end, or cancel it.',
    '쿼리 4개가 실행 중이에요. 끝날 때까지 기다리거나 취소하세요.',
  ],
  ['Failed: bad, worse', '실패한 태스크: bad, worse'],
  ['The process ended with exit code 3: no such file', '프로세스 종료 코드: 3 (no such file)'],
  ['Run 5 of job 2 ended with FAILED. Failed: bad', '작업 2의 실행 5 결과: 실패. 실패한 태스크: bad'],
  [
    'Another served entity could not be deployed. Version 2 is still served.',
    '다른 서빙 대상을 배포하지 못했어요. 버전 2 서빙은 계속돼요.',
  ],
])('%s', (english, korean) => {
  expect(koreanSentence(english)).toBe(korean)
})

test.each([
  '',
  'Something else happened.',
  "The table at '/a' does not exist.",
  "Service principal or user 'a' does not exist.",
  'Catalog Error: Table with name films does not exist!',
  'Invalid regular expression: missing ).',
  "'ann' has SELECT on table 'films' already.",
])('%j is not translated', (message) => {
  expect(koreanSentence(message)).toBeUndefined()
})

test('a message that nearly names a field is tried once', () => {
  expect(koreanSentence(`a${'.'.repeat(10_000)}`)).toBeUndefined()
})

test.each([
  ['The run was canceled.', '작업 실행이 취소되었어요.'],
  ['The task exceeded its timeout.', '태스크가 제한 시간을 넘었어요.'],
  ['The run exceeded its timeout.', '작업 실행이 제한 시간을 넘었어요.'],
  [
    'The job has reached its maximum of concurrent runs, and its queue is not enabled.',
    '동시 실행 한도에 도달했고 대기열을 쓰지 않는 작업이어서 건너뛰었어요.',
  ],
  ['The worker that executed this task was lost.', '태스크를 실행하던 워커와 연결이 끊겼어요.'],
  [
    'The process was ended by SIGKILL; its memory may have run out.',
    '프로세스가 SIGKILL로 종료되었어요. 메모리가 부족했을 수 있어요.',
  ],
  [
    'Waits for a free worker that runs code of jobs and has the labels gpu, large.',
    '작업의 코드를 실행할 워커를 기다리고 있어요. 필요한 라벨: gpu, large',
  ],
  [
    'Pruned at step 3: 1.5 is worse than 0.5, the median of 7 trials.',
    '스텝 3의 값(1.5)이 트라이얼 7개의 중앙값(0.5)보다 나빠 조기 중단되었어요.',
  ],
  [
    "condition_task: left: 'n/a' is not a number, which GREATER_THAN needs.",
    "조건의 left 값이 숫자가 아니에요: 'n/a'. GREATER_THAN 연산에는 숫자가 필요해요.",
  ],
  ['sql_task: The process of the query ended with SIGKILL.', 'SQL 쿼리: 프로세스 종료: SIGKILL'],
  ['sql_task: Binder Error: no column', 'SQL 쿼리: Binder Error: no column'],
  ['The reference {{tasks.a.values.b}} has no value.', '값이 없는 참조예요: {{tasks.a.values.b}}'],
  [
    'Run 5 of job 2 ended with CANCELED. The run was canceled.',
    '작업 2의 실행 5 결과: 취소됨. 작업 실행이 취소되었어요.',
  ],
])('the state %j of a run of a job is in Korean', (english, korean) => {
  expect(koreanState(english)).toBe(korean)
})

test('a state keeps words that Korean would only call wrong', () => {
  expect(koreanState("environment_vars: the secret 'a' was deleted.")).toBeUndefined()
  expect(koreanState('Failed: bad')).toBe('실패한 태스크: bad')
})

test('kinds of objects have the words of the glossary', () => {
  const glossary = readFileSync(new URL('../../../../docs/glossary.md', import.meta.url), 'utf8')
  const words = new Map(
    [...glossary.matchAll(/^\| ([^|]+) \| ([^|]+) \|/gm)].flatMap(([, english, korean]) => {
      const all = korean!.split(', ')
      return english!.split(', ').map((word, index) => [word, all[index]] as const)
    }),
  )
  const shared = [...KOREAN_NOUNS].filter(([noun]) => words.has(noun))
  expect(shared.length).toBeGreaterThan(15)
  expect(shared).toEqual(shared.map(([noun]) => [noun, words.get(noun)]))
})

describe('an error in Korean', () => {
  test('names the missing privileges, and who can grant them', () => {
    const details = {
      missing: [{ privileges: ['READ EXPERIMENTS'], securable_type: 'experiment', securable: 'films' }],
      ask: [
        { name: 'ann@example.com', display_name: 'Ann' },
        { name: 'admins', display_name: 'admins' },
      ],
    }
    expect(koreanError(new RequestError(403, 'PERMISSION_DENIED', "'bob' lacks …", details))).toBe(
      "필요한 권한이 없어요. 실험 'films': READ EXPERIMENTS. 권한을 줄 수 있는 사람: Ann, admins",
    )
  })

  test('names the kind of a notebook', () => {
    const details = {
      missing: [{ privileges: ['READ WORKSPACE'], securable_type: 'notebook', securable: '/a' }],
    }
    expect(koreanError(new RequestError(403, 'PERMISSION_DENIED', "'bob' lacks …", details))).toBe(
      "필요한 권한이 없어요. 노트북 '/a': READ WORKSPACE.",
    )
  })

  test.each([
    [409, 'RESOURCE_CONFLICT', '다른 변경과 겹쳤어요. 새로 고친 후 다시 시도하세요.'],
    [400, 'TABLE_ALREADY_EXISTS', '이미 사용 중인 이름이에요.'],
    [400, 'INVALID_STATE', '지금 상태에서는 할 수 없어요.'],
    [499, 'CANCELLED', '요청이 취소되었어요.'],
    [413, '413', '보낸 데이터가 너무 커요.'],
    [502, '502', '지금은 사용할 수 없어요. 잠시 후 다시 시도하세요.'],
    [404, 'NOT_FOUND', '대상을 찾을 수 없어요.'],
    [500, 'INTERNAL_ERROR', '서버 오류가 발생했어요.'],
    [400, 'INVALID_PARAMETER_VALUE', '요청한 값이 올바르지 않아요.'],
  ])('is general by %s %s', (status, code, korean) => {
    expect(koreanError(new RequestError(status, code, 'Something else happened.'))).toBe(korean)
  })
})
