import { describe, expect, test } from 'vitest'
import { RequestError } from '../api/http.js'
import { koreanError } from './korean-error.js'
import { koreanSentence } from './korean-sentences.js'

test.each([
  ['No Experiment with id=7 exists', '실험 없음: 7'],
  ["Could not find experiment with name 'a b'", '실험 없음: a b'],
  ['Run with id=ab12 not found', '실행 없음: ab12'],
  ['Run 12 does not exist.', '실행 없음: 12'],
  ['Registered Model with name=movies not found', '모델 없음: movies'],
  ["Logged model with ID 'm-1' not found.", '로깅된 모델 없음: m-1'],
  ["Endpoint with name 'films' does not exist.", '엔드포인트 없음: films'],
  ["Trace with request_id 'tr-1' not found", '트레이스 없음: tr-1'],
  ['Catalog not found: main', '카탈로그 없음: main'],
  ["Path (/a b) doesn't exist.", '경로 없음: /a b'],
  ['The table was deleted meanwhile.', '그사이 삭제되었어요: 테이블'],
  ['Experiment(name=영화) already exists.', '이미 사용 중인 실험 이름이에요: 영화'],
  ['Registered Model (name=movies) already exists.', '이미 사용 중인 모델 이름이에요: movies'],
  ["Endpoint with name 'films' already exists.", '이미 사용 중인 엔드포인트 이름이에요: films'],
  ['Schema already exists: main.raw', '이미 사용 중인 스키마 이름이에요: main.raw'],
  ["Missing value for required parameter 'name'. See the API docs.", "'name' 값을 입력하세요."],
  ['Invalid value "a\nb" for parameter \'tags[0].key\' supplied: …', "'tags[0].key' 값이 올바르지 않아요."],
  ["tasks: the key 'a' is used twice.", "'tasks' 값이 올바르지 않아요."],
  ['Failed: bad, worse', '실패한 태스크: bad, worse'],
  ['The process ended with exit code 3: no such file', '프로세스 종료 코드: 3 (no such file)'],
  ['Run 5 of job 2 ended with FAILED. Failed: bad', '작업 2의 실행 5 결과: FAILED. 실패한 태스크: bad'],
  [
    'Another served entity could not be deployed. Version 2 is still served.',
    '다른 서빙 항목을 배포하지 못했어요. 버전 2 서빙은 계속돼요.',
  ],
])('%s', (english, korean) => {
  expect(koreanSentence(english)).toBe(korean)
})

test('an unknown message is not translated', () => {
  expect(koreanSentence('Something else happened.')).toBeUndefined()
  expect(koreanSentence('')).toBeUndefined()
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

  test.each([
    [409, 'RESOURCE_CONFLICT', '다른 변경과 겹쳤어요. 새로 고친 후 다시 시도하세요.'],
    [400, 'TABLE_ALREADY_EXISTS', '이미 사용 중인 이름이에요.'],
    [404, 'NOT_FOUND', '대상을 찾을 수 없어요.'],
    [500, 'INTERNAL_ERROR', '서버 오류가 발생했어요.'],
    [400, 'INVALID_PARAMETER_VALUE', '요청한 값이 올바르지 않아요.'],
  ])('is general by %s %s', (status, code, korean) => {
    expect(koreanError(new RequestError(status, code, 'Something else happened.'))).toBe(korean)
  })
})
