import { faker as arabic } from '@faker-js/faker/locale/ar'
import { faker as german } from '@faker-js/faker/locale/de'
import { faker as american } from '@faker-js/faker/locale/en_US'
import { faker as mexican } from '@faker-js/faker/locale/es_MX'
import { faker as french } from '@faker-js/faker/locale/fr'
import { faker as japanese } from '@faker-js/faker/locale/ja'
import { faker as polish } from '@faker-js/faker/locale/pl'
import { faker as turkish } from '@faker-js/faker/locale/tr'
import { faker as ukrainian } from '@faker-js/faker/locale/uk'

/**
 * A country that customers come from: its share of them, their names and cities, and the beginnings of their phone
 * numbers.
 */
export interface Country {
  share: number
  names: typeof american.definitions.person
  cities: readonly string[]
  /**
   * Every number that begins with one of the prefixes and goes on for this many digits is valid. A test in test/seed
   * asks libphonenumber.
   */
  phones: { prefixes: string[]; digits: number }
}

const words = (text: string) => text.split(' ')

const AMERICAN_AREAS = words('206 212 213 214 303 305 312 404 415 503 512 617 619 702 713 718')

const BRITISH_CITIES =
  'London Birmingham Manchester Glasgow Leeds Liverpool Bristol Sheffield Edinburgh Leicester Cardiff Belfast Coventry Nottingham Newcastle Bradford Brighton Hull Plymouth Derby Wolverhampton Southampton Portsmouth Swansea York Aberdeen Dundee Oxford Cambridge Norwich Exeter Bath'
const JAPANESE_CITIES =
  '東京 横浜 大阪 名古屋 札幌 福岡 川崎 神戸 京都 さいたま 広島 仙台 千葉 北九州 堺 新潟 浜松 熊本 相模原 岡山 静岡 船橋 鹿児島 八王子 姫路 宇都宮 松山 西宮 長崎 金沢'

export const COUNTRIES: readonly Country[] = [
  {
    share: 30,
    names: american.definitions.person,
    cities: american.definitions.location.city_name,
    phones: {
      prefixes: AMERICAN_AREAS.flatMap((area) => words('2 3 4 5 6 7 8 9').map((next) => `+1${area}${next}`)),
      digits: 6
    }
  },
  {
    share: 13,
    names: american.definitions.person,
    cities: words(BRITISH_CITIES),
    phones: { prefixes: words('+44742 +44743 +44747 +44773 +44774 +44775 +44785 +44789 +44798'), digits: 7 }
  },
  {
    share: 10,
    names: french.definitions.person,
    cities: french.definitions.location.city_name,
    phones: { prefixes: words('+3361 +3362 +3366 +3367 +3368'), digits: 7 }
  },
  {
    share: 10,
    names: german.definitions.person,
    cities: german.definitions.location.city_name,
    phones: { prefixes: words('+49151 +49152 +49160 +49170 +49171 +49172 +49175'), digits: 8 }
  },
  {
    share: 10,
    names: mexican.definitions.person,
    cities: mexican.definitions.location.city_name,
    phones: { prefixes: words('+5255 +5233 +5281'), digits: 8 }
  },
  {
    share: 7,
    names: polish.definitions.person,
    cities: polish.definitions.location.city_name,
    phones: { prefixes: words('+4850 +4851 +4853 +4860 +4866 +4869 +4878 +4879 +4888'), digits: 7 }
  },
  {
    share: 6,
    names: japanese.definitions.person,
    cities: words(JAPANESE_CITIES),
    phones: { prefixes: words('+81701 +81801 +81901 +81902 +81805'), digits: 7 }
  },
  {
    share: 5,
    names: arabic.definitions.person,
    cities: arabic.definitions.location.city_name,
    phones: { prefixes: words('+96650 +96653 +96654 +96655 +96656 +96659'), digits: 7 }
  },
  {
    share: 5,
    names: ukrainian.definitions.person,
    cities: ukrainian.definitions.location.city_name,
    phones: {
      prefixes: words('+38050 +38063 +38066 +38067 +38068 +38093 +38095 +38096 +38097 +38098 +38099'),
      digits: 7
    }
  },
  {
    share: 4,
    names: turkish.definitions.person,
    cities: turkish.definitions.location.city_name,
    phones: {
      prefixes: words('+90530 +90531 +90532 +90533 +90535 +90541 +90542 +90543 +90544 +90551 +90552'),
      digits: 7
    }
  }
]
