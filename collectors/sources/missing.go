package sources

import "brink/collectors"

// whyLength bounds the reasons that are shown: some quote a path and say what
// helps.
const whyLength = 300

// missing says why a group is absent. The reason may hold text that a container
// chose.
func missing(group collectors.Group, why string) collectors.Missing {
	return collectors.Missing{Group: group, Why: collectors.Clean(why, whyLength)}
}

// missingAll gives one reason for several groups.
func missingAll(groups []collectors.Group, why string) []collectors.Missing {
	list := make([]collectors.Missing, 0, len(groups))
	for _, group := range groups {
		list = append(list, missing(group, why))
	}
	return list
}

// fileGroups are the groups that the files of a cgroup give.
func fileGroups() []collectors.Group {
	return []collectors.Group{
		collectors.GroupMemory, collectors.GroupCPU, collectors.GroupPids, collectors.GroupPressure, collectors.GroupIO,
	}
}

// procGroups are the groups that /proc gives.
func procGroups() []collectors.Group {
	return []collectors.Group{collectors.GroupNetwork, collectors.GroupTmpfs, collectors.GroupProcesses}
}

// frameGroups are the groups that the engine's statistics give.
func frameGroups() []collectors.Group {
	return []collectors.Group{
		collectors.GroupMemory, collectors.GroupCPU, collectors.GroupPids, collectors.GroupIO, collectors.GroupNetwork,
	}
}
