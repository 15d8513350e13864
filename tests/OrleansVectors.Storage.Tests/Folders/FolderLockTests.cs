using System.Diagnostics;
using OrleansVectors.Storage.Folders;

namespace OrleansVectors.Storage.Tests.Folders;

public sealed class FolderLockTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void A_second_holder_is_refused_with_the_first_ones_process()
    {
        using (FolderLock.Acquire(_temp["data"]))
        {
            FolderLockedException error = Assert.Throws<FolderLockedException>(() => FolderLock.Acquire(_temp["data"]));
            Assert.Equal(_temp["data"], error.Folder);
            Assert.Equal(Environment.ProcessId, error.HolderProcessId);
            Assert.Throws<FolderLockedException>(() => FolderLock.Acquire(_temp["data"]));
        }

        FolderLock.Acquire(_temp["data"]).Dispose();
    }

    [Fact]
    public void The_lock_of_a_killed_process_is_free()
    {
        using Process child = ChildProcess.Start(ChildProcess.HoldLock, _temp["data"]);
        Assert.Equal("held", child.StandardOutput.ReadLine());
        FolderLockedException error = Assert.Throws<FolderLockedException>(() => FolderLock.Acquire(_temp["data"]));
        Assert.Equal(child.Id, error.HolderProcessId);
        child.Kill();
        child.WaitForExit();
        FolderLock.Acquire(_temp["data"]).Dispose();
    }

    [Fact]
    public void A_folder_that_cannot_be_created_is_an_error()
    {
        File.WriteAllText(_temp["file"], "");
        Assert.ThrowsAny<IOException>(() => FolderLock.Acquire(Path.Combine(_temp["file"], "data")));
    }
}
