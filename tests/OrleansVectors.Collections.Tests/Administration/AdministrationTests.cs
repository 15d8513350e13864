using OrleansVectors.Collections.Errors;
using OrleansVectors.Partitions.Operations;
using OrleansVectors.Partitions.Reading;

namespace OrleansVectors.Collections.Tests.Administration;

public sealed class AdministrationTests
{
    [Fact]
    public async Task Aliases_change_together_or_not_at_all_and_survive_reopening()
    {
        using TempFolder folder = new();
        await using (VectorDatabase database = await TestDatabase.OpenAsync(folder))
        {
            await database.CreateCollectionAsync("a", TestDatabase.Schema());
            await database.CreateCollectionAsync("b", TestDatabase.Schema());
            await database.ChangeAliasesAsync([new AliasAction.Create("a", "x"), new AliasAction.Create("b", "y")]);
            await Assert.ThrowsAsync<AliasNotFoundException>(() => database.ChangeAliasesAsync(
                [new AliasAction.Delete("x"), new AliasAction.Rename("none", "z")]));
            await Assert.ThrowsAsync<CollectionNotFoundException>(() => database.ChangeAliasesAsync(
                [new AliasAction.Delete("x"), new AliasAction.Create("none", "z")]));
            await Assert.ThrowsAsync<CollectionExistsException>(() => database.ChangeAliasesAsync([new AliasAction.Rename("x", "b")]));
            await Assert.ThrowsAsync<CollectionExistsException>(() => database.CreateCollectionAsync("x", TestDatabase.Schema()));
            await database.ChangeAliasesAsync([new AliasAction.Create("b", "x"), new AliasAction.Rename("y", "z")]);
        }

        await using (VectorDatabase database = await TestDatabase.OpenAsync(folder))
        {
            Assert.Equal([new("x", "b"), new("z", "b")], database.Aliases);
            Assert.Equal("b", database.GetCollection("x").Name);
            await database.DeleteCollectionAsync("b");
            Assert.Empty(database.Aliases);
            Assert.Equal("Collection `x` doesn't exist!", Assert.Throws<CollectionNotFoundException>(() => database.GetCollection("x")).Message);
            await database.CreateCollectionAsync("b", TestDatabase.Schema());
        }

        await using VectorDatabase again = await TestDatabase.OpenAsync(folder);
        Assert.Empty(again.Aliases);
    }

    [Fact]
    public async Task A_collection_made_again_under_its_name_is_empty()
    {
        using TempFolder folder = new();
        await using (VectorDatabase database = await TestDatabase.OpenAsync(folder))
        {
            for (int round = 0; round < 5; round++)
            {
                await database.CreateCollectionAsync("c", TestDatabase.Schema(partitions: 2));
                Collection collection = database.GetCollection("c");
                Assert.Equal(0, await collection.CountAsync(null));
                await collection.WriteAsync(new UpsertPoints([TestDatabase.Point(1), TestDatabase.Point(2)]));
                Assert.True(await database.DeleteCollectionAsync("c"));
                Assert.False(await database.DeleteCollectionAsync("c"));
                await Assert.ThrowsAsync<PartitionUnavailableException>(() => collection.CountAsync(null));
                await Assert.ThrowsAsync<PartitionUnavailableException>(() => collection.WriteAsync(new UpsertPoints([TestDatabase.Point(1)])));
            }

            Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(folder.Path, "collections")));
        }

        await using VectorDatabase reopened = await TestDatabase.OpenAsync(folder);
        Assert.Empty(reopened.CollectionNames);
    }

    [Fact]
    public async Task Collections_are_deleted_and_the_database_closed_under_searches_and_writes()
    {
        using TempFolder folder = new();
        VectorDatabase database = await TestDatabase.OpenAsync(folder, checkpointLogBytes: 2000);
        for (int round = 0; round < 8; round++)
        {
            string name = $"c{round}";
            await database.CreateCollectionAsync(name, TestDatabase.Schema(partitions: 2));
            Collection collection = database.GetCollection(name);
            await collection.WriteAsync(new UpsertPoints([.. Enumerable.Range(0, 800).Select(id => TestDatabase.Point((ulong)id))]));
            Task[] users =
            [
                UntilGoneAsync(() => collection.SearchAsync(new SearchRequest { Vector = TestDatabase.Vector(7), Limit = 5 })),
                UntilGoneAsync(() => collection.CountAsync(TestDatabase.Is("n", 1))),
                UntilGoneAsync(() => collection.WriteAsync(new UpsertPoints([TestDatabase.Point(1000)]))),
                UntilGoneAsync(() => collection.ChangeSchemaAsync(schema => schema with { MetadataJson = "{}" })),
            ];
            await Task.Delay(20);
            if (round % 4 == 3)
            {
                await Task.WhenAll(database.DisposeAsync().AsTask(), database.DisposeAsync().AsTask());
                await Assert.ThrowsAsync<ObjectDisposedException>(() => database.CreateCollectionAsync("late", TestDatabase.Schema()));
                await Task.WhenAll(users);
                database = await TestDatabase.OpenAsync(folder, checkpointLogBytes: 2000);
                Assert.Equal([name], database.CollectionNames);
            }
            else
            {
                await database.DeleteCollectionAsync(name);
                await Task.WhenAll(users);
            }

            await database.DeleteCollectionAsync(name);
        }

        await database.DisposeAsync();
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("a\nb")]
    [InlineData("a*b")]
    [InlineData("256")]
    public async Task Names_that_could_not_be_in_a_path_are_refused(string name)
    {
        name = name == "256" ? new string('x', 256) : name;
        using TempFolder folder = new();
        await using VectorDatabase database = await TestDatabase.OpenAsync(folder);
        await Assert.ThrowsAsync<LimitViolatedException>(() => database.CreateCollectionAsync(name, TestDatabase.Schema()));
        await database.CreateCollectionAsync("c", TestDatabase.Schema());
        await Assert.ThrowsAsync<LimitViolatedException>(() => database.ChangeAliasesAsync([new AliasAction.Create("c", name)]));
        Assert.Equal(["c"], database.CollectionNames);
    }

    [Fact]
    public async Task Schemas_out_of_bounds_are_refused_with_field_value_and_bound()
    {
        using TempFolder folder = new();
        await using VectorDatabase database = await TestDatabase.OpenAsync(folder);
        LimitViolatedException size = await Assert.ThrowsAsync<LimitViolatedException>(
            () => database.CreateCollectionAsync("c", TestDatabase.Schema(vectors: [("", 65_537)])));
        Assert.Equal("vectors.size: value 65537 invalid, must be from 1 to 65536", size.Message);
        await Assert.ThrowsAsync<LimitViolatedException>(() => database.CreateCollectionAsync("c", TestDatabase.Schema(m: 1)));
        await Assert.ThrowsAsync<LimitViolatedException>(() => database.CreateCollectionAsync("c", TestDatabase.Schema(partitions: 0)));
        Assert.Empty(database.CollectionNames);
        await database.CreateCollectionAsync("c", TestDatabase.Schema());
        Assert.Equal(
            "Collection `c` already exists!",
            (await Assert.ThrowsAsync<CollectionExistsException>(() => database.CreateCollectionAsync("c", TestDatabase.Schema()))).Message);
    }

    private static async Task UntilGoneAsync(Func<Task> use)
    {
        await Task.Yield();
        try
        {
            while (true)
            {
                await use();
                await Task.Yield();
            }
        }
        catch (PartitionUnavailableException)
        {
            // What every use of a closed collection ends with.
        }
    }
}
