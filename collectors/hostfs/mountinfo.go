package hostfs

import (
	"bytes"
	"errors"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Device is the number of the device behind a mount. A tmpfs has an anonymous one (major 0) that no other mounted
// file system shares.
type Device struct{ Major, Minor uint32 }

// Mount is one line of /proc/PID/mountinfo (proc_pid_mountinfo(5)), with octal escapes undone. The paths are as seen
// from the root directory of that process; mounts outside of it are not listed by the kernel.
type Mount struct {
	ID, ParentID int
	Device       Device
	Root         string // the directory of the file system that is mounted; "//deleted" ends one that was removed
	MountPoint   string // hostile: a container that may mount chooses it
	Options      string // of this mount: "rw,nosuid,noexec"
	FSType       string // "tmpfs", "cgroup2", "fuse.sshfs"
	Source       string // hostile; may be empty
	SuperOptions string // of the file system: "rw,size=262144k"
	Shared       bool   // mounts below it appear in its peers as well, and theirs here (mount_namespaces(7))
}

// ReadOnly reports whether nothing can be written through this mount, either because of the mount or because of the
// file system behind it.
func (m Mount) ReadOnly() bool {
	return hasOption(m.Options, "ro") || hasOption(m.SuperOptions, "ro")
}

// Has reports whether an option is set on the mount or on the file system behind it.
func (m Mount) Has(option string) bool {
	return hasOption(m.Options, option) || hasOption(m.SuperOptions, option)
}

// hasOption looks for a word in a comma separated list. The kernel prints a flag before any text of a mounter's choice.
func hasOption(options, word string) bool {
	for o := range strings.SplitSeq(options, ",") {
		if o == word {
			return true
		}
	}
	return false
}

// ParseMountinfo reads the lines of a mountinfo file in their order, which is the order of mounting except for moved
// mounts. One malformed line makes the whole table a *ParseError: a table with a hole would show a wrong mount as
// uncovered. The strings of the mounts share the memory of one copy of the text.
func ParseMountinfo(data []byte) ([]Mount, error) {
	mounts := make([]Mount, 0, bytes.Count(data, []byte{'\n'})+1)
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSuffix(line, "\n")
		m, err := parseMount(line)
		if err != nil {
			return nil, parseError(line, err)
		}
		mounts = append(mounts, m)
	}
	return mounts, nil
}

// parseMount reads one line:
//
//	36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue
//
// Between the mount options and the lone hyphen stand zero or more optional fields. The super options are the rest of
// the line, because some file systems print spaces in them.
func parseMount(line string) (Mount, error) {
	s := scanner{rest: line}
	m := Mount{ID: s.int(), ParentID: s.int(), Device: parseDevice(&s)}
	m.Root, m.MountPoint, m.Options = unescapeOctal(s.word()), unescapeOctal(s.word()), s.word()
	for field := s.word(); s.err == nil && field != "-"; field = s.word() {
		m.Shared = m.Shared || strings.HasPrefix(field, "shared:")
	}
	m.FSType, m.Source = unescapeOctal(s.word()), unescapeOctal(s.word())
	m.SuperOptions = s.rest
	if s.done {
		s.fail(errShort)
	}
	if !strings.HasPrefix(m.MountPoint, "/") {
		s.fail(errForm)
	}
	return m, s.err
}

// parseDevice reads a word of the form major:minor.
func parseDevice(s *scanner) Device {
	major, minor, _ := strings.Cut(s.word(), ":")
	a, okA := parseUint(major)
	b, okB := parseUint(minor)
	if !okA || !okB || a > 1<<32-1 || b > 1<<32-1 {
		s.fail(errNumber)
		return Device{}
	}
	return Device{Major: uint32(a), Minor: uint32(b)}
}

// unescapeOctal undoes mangle_path of the kernel, which writes space, tab, newline and backslash (and '#' in some
// fields) as a backslash and three octal digits. Anything else stays as it is.
func unescapeOctal(text string) string {
	i := strings.IndexByte(text, '\\')
	if i < 0 {
		return text
	}
	out := make([]byte, 0, len(text))
	for ; i >= 0; i = strings.IndexByte(text, '\\') {
		out = append(out, text[:i]...)
		c, ok := octalByte(text[i:])
		if !ok {
			out, text = append(out, '\\'), text[i+1:]
			continue
		}
		out, text = append(out, c), text[i+4:]
	}
	return string(append(out, text...))
}

// octalByte reads a backslash and three octal digits at the start of a text.
func octalByte(text string) (byte, bool) {
	if len(text) < 4 {
		return 0, false
	}
	n, err := strconv.ParseUint(text[1:4], 8, 8)
	return byte(n), err == nil
}

// Mounts reads the mounts of a process (or Self). Any user may read them.
// The error is ErrNoProcess for a process that has gone or is a zombie (a zombie has no mount namespace, and the kernel
// answers EINVAL).
func (fs FS) Mounts(pid int) ([]Mount, error) {
	var table MountTable
	_, err := table.Read(fs, pid)
	return table.mounts, err
}

// MountTable remembers the last reading of a mountinfo file. Mounts seldom change, so a reading costs
// a comparison instead of a parse and allocates nothing. (Poll(2) on a kept descriptor would tell of changes for less,
// but such a descriptor keeps the whole mount namespace alive after its container has gone.)
// The zero value is empty and ready. It is not safe for concurrent use.
type MountTable struct {
	text   []byte
	spare  []byte
	mounts []Mount
}

// Mounts returns the mounts of the last Read that succeeded. The caller must not change them.
func (t *MountTable) Mounts() []Mount { return t.mounts }

// Read reads the mounts of a process again and reports whether they differ from before. After an error the table is
// empty. The errors are those of FS.Mounts.
func (t *MountTable) Read(fs FS, pid int) (changed bool, err error) {
	path := fs.pidPath(pid, "mountinfo")
	if err := readFile(unix.AT_FDCWD, path, &t.spare); err != nil {
		*t = MountTable{}
		if errors.Is(err, unix.EINVAL) {
			err = unix.ESRCH
		}
		return true, pidError(pid, path, err)
	}
	if t.mounts != nil && bytes.Equal(t.text, t.spare) {
		return false, nil
	}
	mounts, err := ParseMountinfo(t.spare)
	if err != nil {
		*t = MountTable{}
		return true, atPath(path, err)
	}
	t.text, t.spare, t.mounts = t.spare, t.text, mounts
	return true, nil
}
