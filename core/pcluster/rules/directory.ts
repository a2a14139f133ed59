// Directory service and the names of roles.
import { constants } from '../constants.ts'
import { pythonPattern } from '../python-pattern.ts'
import { parseUrl } from '../python-url.ts'
import type { Rules } from './rule.ts'

const domainNames = constants.domainNames.map(pythonPattern)
const { iamPrefix } = constants
const prefixForms = [iamPrefix.path, iamPrefix.name].map(pythonPattern)

export const directoryRules: Rules = {
  DomainNameValidator: ({ DirectoryService }, tell) => {
    const name = DirectoryService?.DomainName
    if (name && !domainNames.some((form) => form.test(name)))
      tell(
        ['DirectoryService', 'DomainName'],
        `'${name}' must be like corp.example.com or DC=corp,DC=example,DC=com.`,
      )
  },
  DomainAddrValidator: ({ DirectoryService }, tell) => {
    const address = DirectoryService?.DomainAddr
    if (!address) return
    const at = ['DirectoryService', 'DomainAddr']
    const url = parseUrl(address)
    if (!url) return tell(at, `'${address}' cannot be read as an address: write ldaps://host.`)
    if (url.scheme === '') return tell(at, 'DomainAddr has no protocol: ldaps is used.', 'WARNING')
    if (url.scheme === 'ldap') return tell(at, 'ldap sends passwords in the open: use ldaps.', 'WARNING')
    if (url.scheme !== 'ldaps') tell(at, `The protocol ${url.scheme} is unknown: use ldaps.`, 'WARNING')
  },
  LdapTlsReqCertValidator: ({ DirectoryService }, tell) => {
    const demand = DirectoryService?.LdapTlsReqCert
    if (demand && demand !== 'hard' && demand !== 'demand')
      tell(
        ['DirectoryService', 'LdapTlsReqCert'],
        `${demand} does not check certificates: use hard.`,
        'WARNING',
      )
  },
  AdditionalSssdConfigsValidator: ({ DirectoryService }, tell) => {
    const { AdditionalSssdConfigs: own = {}, LdapAccessFilter } = DirectoryService ?? {}
    const fixed = {
      ...constants.sssdSettings,
      ...(LdapAccessFilter === undefined ? {} : { access_provider: 'ldap' }),
    }
    for (const [key, value] of Object.entries(fixed))
      if (key in own && own[key] !== value)
        tell(
          ['DirectoryService', 'AdditionalSssdConfigs', key],
          `${key} must be ${value} here: change or remove it.`,
        )
  },
  IamResourcePrefixValidator: ({ Iam }, tell) => {
    const prefix = Iam?.ResourcePrefix
    if (!prefix) return
    const at = ['Iam', 'ResourcePrefix']
    if (!prefixForms.some((form) => form.test(prefix)))
      tell(
        at,
        `'${prefix}' must be a name prefix, or a path that begins and ends with a slash and may have one behind it.`,
      )
    const end = prefix.lastIndexOf('/') + 1
    const [path, name] = [prefix.slice(0, end), prefix.slice(end)]
    if (name.length > iamPrefix.longestName)
      tell(at, `The name part '${name}' has more than ${iamPrefix.longestName} characters: shorten it.`)
    if (path.length > iamPrefix.longestPath)
      tell(at, `The path has more than ${iamPrefix.longestPath} characters: shorten it.`)
  },
}
