// Package demo holds a recording of some minutes of a real container, for brink demo: it
// works at its CPU quota, meets its limit of tasks, leaves zombies, leaks until the kernel
// kills it, and is started again. It was made in the virtual machine of the end-to-end
// suite; cmd/internal/demo/make takes another one from a record.
package demo
