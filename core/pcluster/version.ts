// The version of ParallelCluster whose rules are here. Another one is another two files, named here and nowhere else.
import rules from './rules-3.16.1.json' with { type: 'json' }
import schema from './schema-3.16.1.json' with { type: 'json' }

export { rules, schema }
