/* The program of vcam.app on macOS: starts vcam as its child, and lives as long.

   macOS asks for the camera on behalf of the program that it has started itself, and that
   program's bundle has to say what for.  A script cannot be the program of a bundle, and
   after an exec the interpreter would be the one that asks, whose bundle says nothing.

       Contents/MacOS/vcam         this program
       Contents/Resources/command  what it starts: a path and arguments, a NUL after each

   Signals that end a program are passed on.  It ends as its child does: with the same
   status, or by the same signal, so that launchd knows what has crashed. */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __APPLE__
#include <mach-o/dyld.h>
#endif

enum { MOST_BYTES = 1 << 16, MOST_WORDS = 64, NOT_STARTED = 127 };

extern char **environ;

static volatile pid_t child;

static void pass_on(int number)
{
    int before = errno;
    if (child > 0)
        kill(child, number);
    errno = before;
}

/* The path of this program, without links; 0 if it is not known. */
static int own_path(char path[PATH_MAX])
{
    char called[PATH_MAX];
#ifdef __APPLE__
    uint32_t size = sizeof called;
    if (_NSGetExecutablePath(called, &size))
        return 0;
#else
    ssize_t size = readlink("/proc/self/exe", called, sizeof called - 1);
    if (size < 0)
        return 0;
    called[size] = 0;
#endif
    return realpath(called, path) != NULL;
}

/* The words of the file; 0 if there are none. */
static int read_command(char *bytes, char **words)
{
    char path[PATH_MAX], file[PATH_MAX + 32];
    if (!own_path(path))
        return 0;
    for (int up = 0; up < 2; up++) {
        char *slash = strrchr(path, '/');
        if (!slash)
            return 0;
        *slash = 0;
    }
    snprintf(file, sizeof file, "%s/Resources/command", path);
    int from = open(file, O_RDONLY | O_CLOEXEC);
    if (from < 0)
        return 0;
    size_t size = 0;
    ssize_t got;
    while (size < MOST_BYTES && (got = read(from, bytes + size, MOST_BYTES - size)) > 0)
        size += (size_t)got;
    close(from);
    if (!size || size == MOST_BYTES || bytes[size - 1])
        return 0;
    int count = 0;
    for (size_t at = 0; at < size; at += strlen(bytes + at) + 1) {
        if (count == MOST_WORDS)
            return 0;
        words[count++] = bytes + at;
    }
    words[count] = NULL;
    return count;
}

int main(void)
{
    static char bytes[MOST_BYTES];
    static char *words[MOST_WORDS + 1];
    static const int ending[] = {SIGTERM, SIGINT, SIGHUP};
    if (!read_command(bytes, words)) {
        fputs("vcam: the file Contents/Resources/command cannot be used\n", stderr);
        return NOT_STARTED;
    }
    /* Held back until the child is known. */
    sigset_t passed, before;
    struct sigaction action = {.sa_handler = pass_on, .sa_flags = SA_RESTART};
    sigemptyset(&passed);
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof ending / sizeof *ending; i++)
        sigaddset(&passed, ending[i]);
    sigprocmask(SIG_BLOCK, &passed, &before);
    for (size_t i = 0; i < sizeof ending / sizeof *ending; i++)
        sigaction(ending[i], &action, NULL);

    posix_spawnattr_t how;
    pid_t started;
    posix_spawnattr_init(&how);
    posix_spawnattr_setsigmask(&how, &before);
    posix_spawnattr_setsigdefault(&how, &passed);
    posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    int error = posix_spawn(&started, words[0], NULL, &how, words, environ);
    posix_spawnattr_destroy(&how);
    if (error) {
        fprintf(stderr, "vcam: %s cannot be started: %s\n", words[0], strerror(error));
        return NOT_STARTED;
    }
    child = started;
    sigprocmask(SIG_SETMASK, &before, NULL);

    int status = 0;
    while (waitpid(started, &status, 0) < 0)
        if (errno != EINTR)
            return NOT_STARTED;
    /* From now on the child's number may be that of another program. */
    sigprocmask(SIG_BLOCK, &passed, NULL);
    if (!WIFSIGNALED(status))
        return WEXITSTATUS(status);
    int number = WTERMSIG(status);
    struct rlimit none = {0, 0};
    sigset_t it;
    setrlimit(RLIMIT_CORE, &none); /* the child has left one */
    signal(number, SIG_DFL);
    sigemptyset(&it);
    sigaddset(&it, number);
    raise(number);
    sigprocmask(SIG_UNBLOCK, &it, NULL);
    return 128 + number;
}
