// Measures an index of faiss compiled for this very machine. peers.py compiles and runs it, given a built faiss (--faiss):
//   faiss_bench base=F query=F dim=N metric=M factory=TEXT efc=N points=P;P;.. threads=N build_threads=N clock=C results=F
// factory is the text of faiss's index_factory; a point is what its ParameterSpace reads, such as efSearch=32 or
// nprobe=8,k_factor_rf=4. Queries are asked one at a time. For each point it appends the ten ids of every query to results
// (int32) and prints "POINT QPS BUILD_SECONDS BYTES".
#include <faiss/AutoTune.h>
#include <faiss/IndexHNSW.h>
#include <faiss/impl/io.h>
#include <faiss/index_factory.h>
#include <faiss/index_io.h>
#include <omp.h>

#include <memory>

#include "bench_protocol.h"

int main(int argc, char** argv) {
    const Arguments arguments(argc, argv);
    const Clock clock(arguments.Text("clock"));
    const size_t dim = arguments.Number("dim");
    const auto base = ReadAll<float>(arguments.Text("base"));
    const auto queries = ReadAll<float>(arguments.Text("query"));
    const size_t query_count = queries.size() / dim;
    const int threads = static_cast<int>(arguments.Number("threads"));
    const int build_threads = static_cast<int>(arguments.Number("build_threads"));
    const auto metric = arguments.Text("metric") == "euclidean" ? faiss::METRIC_L2 : faiss::METRIC_INNER_PRODUCT;

    std::unique_ptr<faiss::Index> index(faiss::index_factory(static_cast<int>(dim), arguments.Text("factory").c_str(), metric));
    if (auto* graph = dynamic_cast<faiss::IndexHNSW*>(index.get())) graph->hnsw.efConstruction = static_cast<int>(arguments.Number("efc"));
    omp_set_num_threads(build_threads);
    const double start = clock.Seconds(build_threads);
    index->train(base.size() / dim, base.data());
    index->add(base.size() / dim, base.data());
    const double build_seconds = clock.Seconds(build_threads) - start;
    faiss::VectorIOWriter saved;
    faiss::write_index(index.get(), &saved);
    const size_t bytes = saved.data.size();
    std::vector<uint8_t>().swap(saved.data);

    FILE* results = std::fopen(arguments.Text("results").c_str(), "wb");
    std::vector<int32_t> ids(query_count * kNeighbors);
    for (const auto& point : arguments.List("points", ';')) {
        faiss::ParameterSpace().set_index_parameters(index.get(), point.c_str());
        const double qps = clock.QueriesPerSecond(query_count, threads, [&](size_t q) {
            static thread_local const int one = (omp_set_num_threads(1), 1);
            (void)one;
            float distances[kNeighbors];
            faiss::idx_t found[kNeighbors];
            index->search(1, queries.data() + q * dim, kNeighbors, distances, found);
            for (size_t i = 0; i < kNeighbors; i++) ids[q * kNeighbors + i] = static_cast<int32_t>(found[i]);
        });
        std::fwrite(ids.data(), sizeof(int32_t), ids.size(), results);
        std::printf("%s %.1f %.2f %zu\n", point.c_str(), qps, build_seconds, bytes);
        std::fflush(stdout);
    }
    std::fclose(results);
    return 0;
}
