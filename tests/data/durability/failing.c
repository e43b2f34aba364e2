/* Lets the n-th system call that changes files below one folder fail, or the program die at it. Preloaded into the program under
   test; every such call is met, also of those who do not ask the C library, by a seccomp filter that turns it into SIGSYS.

   CALLREEL_FAIL_FOLDER  calls elsewhere are let through and not counted
   CALLREEL_FAIL_REPORT  a file outside of it; one line "NUMBER CALL PATH" for each call (list) or for the one that failed
   CALLREEL_FAIL_HOW     list: nothing fails; error: the n-th call fails with EIO; full: from the n-th on every call that needs room
                         fails with ENOSPC; die: the program is killed before the n-th call; after: behind it
   CALLREEL_FAIL_AT      n, from 1 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#ifndef __x86_64__
#error "only for x86-64"
#endif

/* A system call that the filter lets through: it knows the address behind the instruction. */
long failing_raw(long number, long a, long b, long c, long d, long e, long f);
extern char failing_raw_end[];
__asm__(".text\n.globl failing_raw\n.type failing_raw,@function\nfailing_raw:\n"
        "mov %rdi,%rax\nmov %rsi,%rdi\nmov %rdx,%rsi\nmov %rcx,%rdx\nmov %r8,%r10\nmov %r9,%r8\nmov 8(%rsp),%r9\nsyscall\n"
        ".globl failing_raw_end\nfailing_raw_end:\nret\n");

enum how { LIST, ERROR, FULL, DIE, AFTER };
/* What tells the file: a descriptor, a path, or a path below a descriptor; of renames the second name. */
enum where { FD, PATH, AT };
static const struct call { int number; const char *name; enum where where; int argument; int room; } calls[] = {
    {SYS_write, "write", FD, 0, 1},           {SYS_pwrite64, "pwrite", FD, 0, 1},       {SYS_writev, "writev", FD, 0, 1},
    {SYS_pwritev, "pwritev", FD, 0, 1},       {SYS_fsync, "fsync", FD, 0, 0},           {SYS_fdatasync, "fdatasync", FD, 0, 0},
    {SYS_ftruncate, "ftruncate", FD, 0, 0},   {SYS_fallocate, "fallocate", FD, 0, 1},   {SYS_copy_file_range, "copy", FD, 2, 1},
    {SYS_sendfile, "sendfile", FD, 0, 1},     {SYS_open, "open", PATH, 0, 1},           {SYS_openat, "open", AT, 0, 1},
    {SYS_openat2, "open", AT, 0, 1},          {SYS_mkdir, "mkdir", PATH, 0, 1},         {SYS_mkdirat, "mkdir", AT, 0, 1},
    {SYS_rename, "rename", PATH, 1, 1},       {SYS_renameat, "rename", AT, 2, 1},       {SYS_renameat2, "rename", AT, 2, 1},
    {SYS_link, "link", PATH, 1, 1},           {SYS_linkat, "link", AT, 2, 1},           {SYS_unlink, "unlink", PATH, 0, 0},
    {SYS_unlinkat, "unlink", AT, 0, 0},       {SYS_rmdir, "rmdir", PATH, 0, 0},
};
#define CALLS (sizeof calls / sizeof *calls)

static char folder[4096];
static size_t folder_length;
static int report = -1;
static enum how how;
static long at;
static long counted;

static void link_of(char *text, size_t room, int fd) {
    char name[64];
    if (fd == AT_FDCWD) strcpy(name, "/proc/self/cwd");
    else snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    long length = failing_raw(SYS_readlink, (long)name, (long)text, (long)room - 1, 0, 0, 0);
    text[length < 0 ? 0 : length] = 0;
}

static void place(const struct call *call, const long *arguments, char *text, size_t room) {
    long first = arguments[call->argument];
    if (call->where == FD) { link_of(text, room, (int)first); return; }
    const char *path = (const char *)(call->where == AT ? arguments[call->argument + 1] : first);
    if (path[0] == '/') { snprintf(text, room, "%s", path); return; }
    link_of(text, room, call->where == AT ? (int)first : AT_FDCWD);
    size_t length = strlen(text);
    snprintf(text + length, room - length, "/%s", path);
}

/* Opening to read changes nothing. */
static int changes(const struct call *call, const long *arguments) {
    long flags = O_CREAT;
    if (call->number == SYS_open) flags = arguments[1];
    if (call->number == SYS_openat) flags = arguments[2];
    if (call->number == SYS_openat2) flags = (long)*(uint64_t *)arguments[2];
    return (flags & (O_CREAT | O_TRUNC)) != 0;
}

static void tell(long number, const struct call *call, const char *path) {
    char line[4400];
    int length = snprintf(line, sizeof line, "%ld %s %s\n", number, call->name, path);
    failing_raw(SYS_write, report, (long)line, length, 0, 0, 0);
}

static void met(int signal, siginfo_t *info, void *context) {
    (void)signal;
    greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
    long arguments[6] = {registers[REG_RDI], registers[REG_RSI], registers[REG_RDX],
                         registers[REG_R10], registers[REG_R8],  registers[REG_R9]};
    const struct call *call = calls;
    while (call < calls + CALLS && call->number != info->si_syscall) call++;
    char path[4200] = "";
    int ours = 0;
    if (call < calls + CALLS && changes(call, arguments)) {
        place(call, arguments, path, sizeof path);
        ours = strncmp(path, folder, folder_length) == 0;
    }
    long number = ours ? __atomic_add_fetch(&counted, 1, __ATOMIC_SEQ_CST) : 0;
    int hit = ours && (number == at || (how == FULL && number >= at && call->room));
    if (ours && (how == LIST || number == at)) tell(number, call, path);
    if (hit && how == DIE) failing_raw(SYS_kill, failing_raw(SYS_getpid, 0, 0, 0, 0, 0, 0), SIGKILL, 0, 0, 0, 0);
    if (hit && (how == ERROR || (how == FULL && call->room))) {
        registers[REG_RAX] = how == ERROR ? -EIO : -ENOSPC;
        return;
    }
    registers[REG_RAX] =
        failing_raw(info->si_syscall, arguments[0], arguments[1], arguments[2], arguments[3], arguments[4], arguments[5]);
    if (hit && how == AFTER) failing_raw(SYS_kill, failing_raw(SYS_getpid, 0, 0, 0, 0, 0, 0), SIGKILL, 0, 0, 0, 0);
}

__attribute__((constructor)) static void begin(void) {
    const char *below = getenv("CALLREEL_FAIL_FOLDER"), *file = getenv("CALLREEL_FAIL_REPORT"), *word = getenv("CALLREEL_FAIL_HOW");
    if (!below || !file || !word) return;
    static const char *words[] = {"list", "error", "full", "die", "after"};
    for (int i = 0; i < 5; i++) if (!strcmp(word, words[i])) how = (enum how)i;
    at = getenv("CALLREEL_FAIL_AT") ? atol(getenv("CALLREEL_FAIL_AT")) : 0;
    snprintf(folder, sizeof folder, "%s", below);
    folder_length = strlen(folder);
    report = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    /* Far from the numbers that a program counts on. */
    int far = fcntl(report, F_DUPFD_CLOEXEC, 900);
    if (far >= 0) { close(report); report = far; }
    struct sigaction action = {.sa_sigaction = met, .sa_flags = SA_SIGINFO | SA_NODEFER};
    sigaction(SIGSYS, &action, NULL);

    uint64_t own = (uint64_t)failing_raw_end;
    struct sock_filter filter[CALLS + 12];
    int length = 0;
#define LOAD(field) (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define EQUAL(value, yes, no) (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(value), yes, no)
#define ANSWER(value) (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, value)
    filter[length++] = LOAD(arch);
    filter[length++] = EQUAL(AUDIT_ARCH_X86_64, 1, 0);
    filter[length++] = ANSWER(SECCOMP_RET_ALLOW);
    filter[length++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, instruction_pointer));
    filter[length++] = EQUAL(own, 0, 3);
    filter[length++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, instruction_pointer) + 4);
    filter[length++] = EQUAL(own >> 32, 0, 1);
    filter[length++] = ANSWER(SECCOMP_RET_ALLOW);
    filter[length++] = LOAD(nr);
    for (size_t i = 0; i < CALLS; i++) filter[length++] = EQUAL(calls[i].number, CALLS - i, 0);
    filter[length++] = ANSWER(SECCOMP_RET_ALLOW);
    filter[length++] = ANSWER(SECCOMP_RET_TRAP);
    struct sock_fprog program = {.len = (unsigned short)length, .filter = filter};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)) {
        static const char cannot[] = "0 cannot: no seccomp filter here\n";
        if (write(report, cannot, sizeof cannot - 1) < 0) return;
    }
}
