/* The program at the head of an AppImage.

   What follows it in the file is a squashfs image with an application in it.  The program
   mounts the image in a folder of its own, runs AppRun there, and unmounts it when AppRun
   and all that inherited its file descriptors have ended.  Where nothing can be mounted (no
   FUSE: a container, for example), it unpacks the image into the user's cache, once.

   The conventions are those of https://github.com/AppImage/AppImageSpec, type 2: the options
   --appimage-offset and --appimage-extract, and the variables APPIMAGE, APPDIR, ARGV0, OWD and
   APPIMAGE_EXTRACT_AND_RUN.  Built by release/appimage.py with squashfuse, libfuse 3 and zstd,
   linked statically. */

#include <squashfuse/config.h>

#include <squashfuse/ll.h>
#include <squashfuse/squashfuse.h>
#include <squashfuse/traverse.h>

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#define NAME "vcam"

static char self[PATH_MAX]; /* the AppImage */
static char folder[PATH_MAX]; /* the application, mounted or unpacked */
static size_t image_offset;

static int fail(const char *what, const char *about)
{
    const char *why = errno ? strerror(errno) : "it is damaged";
    fprintf(stderr, NAME ": %s %s: %s\n", what, about, why);
    return 127;
}

/* The image begins where this program ends: behind its section headers. */
static int find_image(void)
{
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    if (length < 0)
        return fail("cannot find", "this program");
    Elf64_Ehdr head;
    int file = open(self, O_RDONLY | O_CLOEXEC);
    if (file < 0 || read(file, &head, sizeof head) != sizeof head)
        return fail("cannot read", self);
    close(file);
    image_offset = head.e_shoff + (size_t)head.e_shnum * head.e_shentsize;
    return 0;
}

static int write_file(sqfs *fs, sqfs_inode *inode, const char *path)
{
    static char block[1 << 20];
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, inode->base.mode & 0777);
    if (file < 0)
        return fail("cannot write", path);
    for (sqfs_off_t done = 0; done < (sqfs_off_t)inode->xtra.reg.file_size;) {
        sqfs_off_t count = sizeof block;
        errno = 0;
        if (sqfs_read_range(fs, inode, done, &count, block) || count <= 0)
            return fail("cannot read", self);
        ssize_t written = write(file, block, (size_t)count);
        if (written != count) {
            errno = written < 0 ? errno : ENOSPC;
            return fail("cannot write", path);
        }
        done += count;
    }
    return close(file) ? fail("cannot write", path) : 0;
}

static int write_entry(sqfs *fs, sqfs_inode *inode, const char *path)
{
    static char target[PATH_MAX];
    size_t size = sizeof target;
    if (S_ISDIR(inode->base.mode))
        return mkdir(path, 0755) && errno != EEXIST ? fail("cannot make", path) : 0;
    if (S_ISREG(inode->base.mode))
        return write_file(fs, inode, path);
    if (!S_ISLNK(inode->base.mode))
        return 0;
    errno = 0;
    if (sqfs_readlink(fs, inode, target, &size) || symlink(target, path))
        return fail("cannot make", path);
    return 0;
}

static int unpack(const char *into)
{
    static char path[PATH_MAX * 2];
    sqfs fs;
    sqfs_traverse all;
    sqfs_err error = SQFS_OK;
    errno = 0;
    if (sqfs_open_image(&fs, self, image_offset) ||
        sqfs_traverse_open(&all, &fs, sqfs_inode_root(&fs)))
        return fail("cannot read", self);
    if (mkdir(into, 0755) && errno != EEXIST)
        return fail("cannot make", into);
    while (sqfs_traverse_next(&all, &error)) {
        sqfs_inode inode;
        if (all.dir_end)
            continue;
        snprintf(path, sizeof path, "%s/%s", into, all.path);
        if (sqfs_inode_get(&fs, &inode, sqfs_dentry_inode(&all.entry)))
            return fail("cannot read", self);
        if (write_entry(&fs, &inode, path))
            return 127;
    }
    errno = 0;
    return error ? fail("cannot read", self) : 0;
}

static int remove_one(const char *path, const struct stat *about, int kind, struct FTW *at)
{
    (void)about, (void)kind, (void)at;
    remove(path);
    return 0;
}

/* What another user has put there must not be run. */
static int is_ours(const char *path)
{
    struct stat about;
    if (lstat(path, &about))
        return 0;
    errno = EPERM;
    return S_ISDIR(about.st_mode) && about.st_uid == geteuid();
}

/* Into the cache, under a name that another version of the AppImage does not have. */
static int unpack_once(void)
{
    static char fresh[PATH_MAX + 32];
    const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    struct stat about;
    if (stat(self, &about))
        return fail("cannot read", self);
    if (cache && *cache == '/')
        snprintf(folder, sizeof folder, "%s", cache);
    else if (home && *home == '/')
        snprintf(folder, sizeof folder, "%s/.cache", home);
    else /* there nobody can rename what is another user's */
        snprintf(folder, sizeof folder, "/tmp");
    mkdir(folder, 0700);
    size_t used = strlen(folder);
    snprintf(folder + used, sizeof folder - used, "/" NAME "-appimage-%llx-%llx",
             (unsigned long long)about.st_size, (unsigned long long)about.st_mtime);
    if (!access(folder, F_OK))
        return is_ours(folder) ? 0 : fail("cannot use", folder);
    fprintf(stderr, NAME ": FUSE cannot be used here; unpacking into %s\n", folder);
    snprintf(fresh, sizeof fresh, "%s.XXXXXX", folder);
    if (!mkdtemp(fresh))
        return fail("cannot make", folder);
    if (unpack(fresh)) {
        nftw(fresh, remove_one, 16, FTW_DEPTH | FTW_PHYS);
        return 127;
    }
    if (!rename(fresh, folder))
        return 0;
    /* Another one that was started at the same time was faster. */
    nftw(fresh, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    return is_ours(folder) ? 0 : fail("cannot make", folder);
}

struct watch {
    int alive;
    struct fuse_session *session;
};

static void *end_with_application(void *given)
{
    struct watch *watch = given;
    struct statvfs unused;
    char byte;
    while (read(watch->alive, &byte, 1) < 0 && errno == EINTR)
        ;
    fuse_session_exit(watch->session);
    statvfs(folder, &unused); /* a request, so that the loop looks */
    return NULL;
}

/* The process that serves the mounted image; does not return. */
static void serve(int alive, int ready)
{
    static struct fuse_lowlevel_ops operations = {
        .getattr = sqfs_ll_op_getattr,   .opendir = sqfs_ll_op_opendir,
        .releasedir = sqfs_ll_op_releasedir, .readdir = sqfs_ll_op_readdir,
        .lookup = sqfs_ll_op_lookup,     .open = sqfs_ll_op_open,
        .create = sqfs_ll_op_create,     .release = sqfs_ll_op_release,
        .read = sqfs_ll_op_read,         .readlink = sqfs_ll_op_readlink,
        .listxattr = sqfs_ll_op_listxattr, .getxattr = sqfs_ll_op_getxattr,
        .forget = sqfs_ll_op_forget,     .statfs = stfs_ll_op_statfs,
    };
    char *words[] = {NAME, "-oro,nodev,nosuid,fsname=" NAME ".AppImage,subtype=squashfuse"};
    struct fuse_args arguments = FUSE_ARGS_INIT(2, words);
    sqfs_ll_chan channel;
    pthread_t thread;
    setsid(); /* Ctrl-C is for the application */
    sqfs_ll *image = sqfs_ll_open(self, image_offset);
    if (!image || sqfs_ll_mount(&channel, folder, &arguments, &operations,
                                sizeof operations, image))
        _exit(1);
    struct watch watch = {alive, channel.session};
    if (!pthread_create(&thread, NULL, end_with_application, &watch) &&
        write(ready, "", 1) == 1)
        fuse_session_loop(channel.session);
    sqfs_ll_unmount(&channel, folder);
    rmdir(folder);
    _exit(0);
}

/* Whether the image is mounted then. */
static int mounted(void)
{
    const char *temporary = getenv("TMPDIR");
    int alive[2], ready[2];
    char byte;
    if (access("/dev/fuse", R_OK | W_OK))
        return 0;
    snprintf(folder, sizeof folder, "%s/.mount_" NAME "XXXXXX",
             temporary && *temporary == '/' ? temporary : "/tmp");
    if (!mkdtemp(folder) || pipe(alive) || pipe2(ready, O_CLOEXEC))
        return 0;
    pid_t server = fork();
    if (!server) {
        close(alive[1]);
        close(ready[0]);
        /* Whoever reads what the application says must not wait for this process. */
        int nowhere = open("/dev/null", O_RDWR);
        for (int standard = 0; nowhere >= 0 && standard < 3; standard++)
            dup2(nowhere, standard);
        serve(alive[0], ready[1]);
    }
    close(alive[0]);
    close(ready[1]);
    int works = server > 0 && read(ready[0], &byte, 1) == 1;
    close(ready[0]);
    if (!works) {
        close(alive[1]);
        rmdir(folder);
        if (server > 0)
            waitpid(server, NULL, 0);
    }
    return works; /* alive[1] stays open in AppRun, and that is how its end is noticed */
}

int main(int count, char **words)
{
    static char program[PATH_MAX + 8], working[PATH_MAX];
    const char *option = count > 1 ? words[1] : "";
    if (find_image())
        return 127;
    if (!strcmp(option, "--appimage-offset"))
        return printf("%zu\n", image_offset) < 0;
    if (!strcmp(option, "--appimage-extract"))
        return unpack("squashfs-root");
    if ((getenv("APPIMAGE_EXTRACT_AND_RUN") || !mounted()) && unpack_once())
        return 127;
    setenv("APPIMAGE", self, 1);
    setenv("APPDIR", folder, 1);
    setenv("ARGV0", words[0], 1);
    if (getcwd(working, sizeof working))
        setenv("OWD", working, 1);
    snprintf(program, sizeof program, "%s/AppRun", folder);
    execv(program, words);
    return fail("cannot start", program);
}
