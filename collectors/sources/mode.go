package sources

// Mode says where the numbers come from.
type Mode string

// The modes. ModeAuto reads the cgroup files, and the engine's statistics only
// for containers whose files are out of reach: the stream costs the engine more
// CPU than brink itself uses, and the files and /proc hold all that it tells.
const (
	ModeAuto   Mode = "auto"
	ModeCgroup Mode = "cgroup"
	ModeDocker Mode = "docker"
)

// Modes are the words of the modes.
func Modes() []string {
	return []string{string(ModeAuto), string(ModeCgroup), string(ModeDocker)}
}
