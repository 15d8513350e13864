using OrleansVectors.Storage.Blobs;

namespace OrleansVectors.Storage.Tests.Blobs;

/// <summary>In a store that honours conditions on puts.</summary>
public sealed class ConditionalS3BlobStoreTests(ConditionalS3Server server) : BlobStoreTests, IClassFixture<ConditionalS3Server>
{
    protected override bool OnlyOneIsFirst => true;

    protected override IBlobStore Open() => new S3BlobStore(server.NewOptions());

    protected override void AssertNothingIsLeft() => Assert.Empty(server.UnfinishedUploads);
}
