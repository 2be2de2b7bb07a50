/* The program of vcam.app on macOS: starts vcam as its child, and lives as long.

   macOS asks for the camera on behalf of the program that it has started itself, and that
   program's bundle has to say what for.  A script cannot be the program of a bundle, and
   after an exec the interpreter would be the one that asks, whose bundle says nothing.

   What it starts is in a file below the user's home: a path and arguments, a NUL after each.
   It is not in the bundle, whose signature covers every file and is the user's permission.

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

#ifndef ALERT /* what shows a message; tests have another one */
#define ALERT "/usr/bin/osascript"
#endif
#define FILE_BELOW_HOME "/Library/Application Support/vcam/app-command"

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

/* The words of the file; 0 if there are none. */
static int read_command(char *bytes, char **words)
{
    char file[PATH_MAX];
    const char *home = getenv("HOME");
    int length = snprintf(file, sizeof file, "%s" FILE_BELOW_HOME, home ? home : "");
    if (length < 0 || (size_t)length >= sizeof file)
        return 0;
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

/* Say why vcam cannot be started.  From Spotlight and at login nobody reads the standard
   error.  It is waited for, because launchd ends what an ended program leaves behind. */
static int not_started(const char *what, const char *why)
{
    static char text[PATH_MAX + 256];
    char *words[] = {
        ALERT, "-e", "on run texts", "-e",
        "display alert (item 1 of texts) message (item 2 of texts) giving up after 600",
        "-e", "end run", "vcam cannot be started", text, NULL};
    pid_t started;
    fprintf(stderr, "vcam: %s cannot be started: %s\n", what, why);
    snprintf(text, sizeof text,
             "%s: %s\n\nInstall vcam again, then run `vcam setup` in Terminal.", what, why);
    if (!isatty(STDERR_FILENO) && !posix_spawn(&started, ALERT, NULL, NULL, words, environ)) {
        child = started; /* who ends this program ends that one */
        while (waitpid(started, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    return NOT_STARTED;
}

int main(void)
{
    static char bytes[MOST_BYTES];
    static char *words[MOST_WORDS + 1];
    static const int ending[] = {SIGTERM, SIGINT, SIGHUP};
    if (!read_command(bytes, words))
        return not_started("~" FILE_BELOW_HOME, "it does not say what to start");
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
        sigprocmask(SIG_SETMASK, &before, NULL);
        return not_started(words[0], strerror(error));
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
