using OrleansVectors.Partitions.Images;
using OrleansVectors.Storage.Folders;
using OrleansVectors.Storage.Log;
using OrleansVectors.Storage.Manifests;
using OrleansVectors.Storage.Segments;

namespace OrleansVectors.Collections.Copies;

/// <summary>A running partition as a source: the files of its checkpoint are shared, not copied.</summary>
internal sealed class ImageSource(PartitionImage image) : IPartitionSource
{
    public Manifest? Manifest => image.Manifest;

    public bool NeedsChecking => false;

    public Task FetchAsync(SegmentId id, string path, CancellationToken cancellationToken)
    {
        ImmutableFile.Share(image.PathOf(id), path);
        return Task.CompletedTask;
    }

    public IAsyncEnumerable<LogRecord> Records(CancellationToken cancellationToken) => image.Log(image.Cut.Next).ToAsyncEnumerable();
}
