package audit

import (
	"path"
	"slices"
	"strings"

	"brink/alerts"
	"brink/collectors"
)

func operationChecks() []Check {
	return []Check{
		{
			ID: "restart-policy", Title: "It comes back after a death", Area: AreaOperations, Severity: alerts.SeverityInfo, Benchmark: []string{"5.15"},
			Why:   "Without a policy the first OOM kill is the end; the benchmark asks for on-failure with 5 tries, which gives up in a bad night.",
			judge: judgeRestart,
		},
		{
			ID: "image-pinned", Title: "The image is pinned by its digest", Area: AreaOperations, Severity: alerts.SeverityWarning,
			Why:   "A tag means another image tomorrow, and whoever may push it may change what runs here.",
			judge: judgePinned,
		},
		{
			ID: "image-current", Title: "The image is the one that its tag means", Area: AreaOperations, Severity: alerts.SeverityInfo, Benchmark: []string{"5.28"},
			Why:   "A newer image was pulled and the container still runs the old one, with the faults that were mended since.",
			judge: judgeCurrent,
		},
		{
			ID: "health-check", Title: "Its health is checked", Area: AreaOperations, Severity: alerts.SeverityWarning, Benchmark: []string{"5.27"},
			Why:   "A gateway that hangs looks like one that runs unless somebody asks it something.",
			judge: judgeHealth,
		},
		{
			ID: "init", Title: "An init reaps the dead", Area: AreaOperations, Severity: alerts.SeverityWarning,
			Why:   "Node does not collect the children of its tools: they stay as zombies, each of which counts against the limit on tasks.",
			judge: judgeInit,
		},
		{
			ID: "secrets", Title: "No secret is in the environment", Area: AreaOperations, Severity: alerts.SeverityWarning, Benchmark: []string{"4.10"},
			Why:   "The environment shows in docker inspect and in /proc, and every tool that the agent starts inherits it.",
			judge: judgeSecrets,
		},
		{
			ID: "live-restore", Title: "It outlives a restart of the engine", Area: AreaOperations, Severity: alerts.SeverityInfo, Benchmark: []string{"2.15"},
			Why:   "An update of the engine otherwise ends the agent in the middle of its work.",
			judge: judgeLiveRestore,
		},
		{
			ID: "as-configured", Title: "What runs is what was asked for", Area: AreaOperations, Severity: alerts.SeverityWarning,
			Why:   "Where the kernel and the engine disagree, somebody has changed the cage behind the engine's back.",
			judge: judgeDifferences,
		},
	}
}

func operations(f Facts) (collectors.ConfiguredOperations, bool) {
	configuration, known := f.Engine.Configuration.Get()
	return configuration.Operations, known
}

func judgeRestart(f Facts, p Profile) outcome {
	o, known := operations(f)
	policy := o.RestartPolicy
	if policy == "" {
		policy = "no"
	}
	switch {
	case !known:
		return unknown(f.Engine.Configuration.Why())
	case len(p.Restart) == 0:
		return moot("the profile asks for none")
	case !slices.Contains(p.Restart, policy):
		return fail(collectors.WitnessEngine, "restart: "+p.Restart[0], "the policy is %s", policy)
	default:
		return pass(collectors.WitnessEngine, "%s", policy)
	}
}

// pinned reports whether an image is named so that it cannot become another: by a
// digest, or by its id.
func pinned(image string) bool {
	bare := strings.TrimPrefix(image, "sha256:")
	isID := len(bare) == 64 && strings.Trim(bare, "0123456789abcdef") == ""
	return isID || strings.Contains(image, "@sha256:") || strings.Contains(image, "@sha512:")
}

func judgePinned(f Facts, _ Profile) outcome {
	switch {
	case f.Image == "":
		return unknown(bothWhy(f.Engine.Configuration.Why(), "the engine does not tell the image"))
	case pinned(f.Image):
		return pass(collectors.WitnessEngine, "%s", f.Image)
	}
	fix := "image: " + safe(f.Image) + "@sha256:…   # docker image inspect --format '{{.RepoDigests}}' tells it"
	if image, known := f.Engine.Image.Get(); known && len(image.Digests) > 0 {
		fix = "image: " + safe(image.Digests[0])
	}
	return fail(collectors.WitnessEngine, fix, "%s names no digest", f.Image)
}

func judgeCurrent(f Facts, _ Profile) outcome {
	image, known := f.Engine.Image.Get()
	tagged, there := image.Tagged.Get()
	switch {
	case f.Image != "" && pinned(f.Image):
		return moot("the image is pinned")
	case !known:
		return unknown(f.Engine.Image.Why())
	case !there:
		return moot("the engine has no image of that name any more")
	case tagged != image.ID:
		return fail(collectors.WitnessEngine, "docker compose up -d   # makes the container anew from the image that is there", "%s means another image by now", f.Image)
	default:
		return pass(collectors.WitnessEngine, "it is")
	}
}

func judgeHealth(f Facts, _ Profile) outcome {
	const fix = "healthcheck:\n  test: [CMD, node, -e, \"fetch('http://127.0.0.1:18789/healthz').then(r => process.exit(r.ok ? 0 : 1))\"]\n  interval: 1m\n  timeout: 10s"
	o, known := operations(f)
	switch {
	case !known:
		return unknown(f.Engine.Configuration.Why())
	case !o.HealthCheck:
		return fail(collectors.WitnessEngine, fix, "there is no health check")
	default:
		return pass(collectors.WitnessEngine, "checked")
	}
}

// inits are programs that collect the children of others, by the names that they
// have as a file or as a process.
func inits() []string {
	return []string{"docker-init", "tini", "tini-static", "catatonit", "dumb-init", "s6-svscan", "runit", "runsvdir", "systemd", "init", "supervisord"}
}

// judgeInit looks at what was started, and at what the main process calls itself. A
// process may call itself anything, which harms nobody but itself here.
func judgeInit(f Facts, _ Profile) outcome {
	o, known := operations(f)
	held, seen := f.Kernel.Privileges.Get()
	asked, told := o.Init.Get()
	switch {
	case asked:
		return pass(collectors.WitnessEngine, "the engine's own")
	case len(o.Command) > 0 && slices.Contains(inits(), path.Base(o.Command[0])):
		return pass(collectors.WitnessEngine, "%s", path.Base(o.Command[0]))
	case seen && slices.Contains(inits(), held.Program):
		return pass(collectors.WitnessKernel, "%s", held.Program)
	case !known && !seen:
		return unknown(bothWhy(f.Engine.Configuration.Why(), f.Kernel.Privileges.Why()))
	case !seen && !told:
		return unknown("whether the engine starts one by default is not known: " + f.Kernel.Privileges.Why())
	case seen && held.Program != "":
		return fail(collectors.WitnessKernel, "init: true", "the main process is %s", held.Program)
	case len(o.Command) > 0:
		return fail(collectors.WitnessEngine, "init: true", "the main process is %s", o.Command[0])
	default:
		return fail(collectors.WitnessEngine, "init: true", "there is none that is known to be one")
	}
}

// judgeSecrets goes by the names of variables.
func judgeSecrets(f Facts, p Profile) outcome {
	variables := configured(f, "its environment", func(c collectors.Configuration) collectors.Opt[[]string] { return c.Operations.Environment })
	names, told := variables.Get()
	if !told {
		return unknown(variables.Why())
	}
	var found []string
	for _, name := range names {
		if namesSecret(name) && !slices.Contains(p.Secrets, name) {
			found = append(found, name)
		}
	}
	if len(found) > 0 {
		return fail(collectors.WitnessEngine, "# give each as a file, and the agent its path:\nsecrets: [agent-key]\n# and at the top level of the file:\n# secrets: {agent-key: {file: ./agent-key}}", "%s", enumerate(found))
	}
	return pass(collectors.WitnessEngine, "none by its name")
}

// namesSecret reports whether a variable is named like a secret. The path of a file
// is none, nor is what a few images are known to set.
func namesSecret(name string) bool {
	upper := strings.ToUpper(name)
	switch {
	case strings.HasSuffix(upper, "_FILE"), strings.HasSuffix(upper, "_PATH"):
		return false
	case upper == "GPG_KEY", upper == "TOKENIZERS_PARALLELISM":
		return false
	}
	return slices.ContainsFunc([]string{"KEY", "TOKEN", "SECRET", "PASS", "CREDENTIAL"}, func(word string) bool { return strings.Contains(upper, word) })
}

func judgeLiveRestore(f Facts, _ Profile) outcome {
	restores := daemon(f, func(d collectors.Daemon) bool { return d.LiveRestore })
	switch on, known := restores.Get(); {
	case !known:
		return unknown(restores.Why())
	case !on:
		return fail(collectors.WitnessEngine, "# /etc/docker/daemon.json, then reload the engine:\n{\"live-restore\": true}", "live-restore is off")
	default:
		return pass(collectors.WitnessEngine, "live-restore is on")
	}
}
